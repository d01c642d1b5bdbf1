from django.urls import path

from certificates.views import changes, desk, holder, papers, public, verification

urlpatterns = [
    path(".well-known/did.json", public.did, name="did"),
    path(".well-known/jwks.json", public.jwks, name="jwks"),
    path("keys/<slug:name>", public.key, name="signing_key"),
    path("achievements/<uuid:uuid>", public.achievement, name="achievement"),
    path("credentials/<uuid:uuid>", public.credential, name="credential"),
    path("credentials/<uuid:uuid>.json", public.credential_json, name="credential_json"),
    path("credentials/<uuid:uuid>.jwt", public.credential_jwt, name="credential_jwt"),
    path("credentials/<uuid:uuid>.pdf", papers.credential_pdf, name="credential_pdf"),
    path("credentials/<uuid:uuid>.png", papers.credential_png, name="credential_png"),
    path("credentials/<uuid:uuid>.svg", papers.credential_svg, name="credential_svg"),
    path("status/revocation/<int:number>", public.status_list, name="status_list"),
    path("verify/", verification.verify, name="verify"),
    path("verify/<str:code>/", verification.verify_code, name="verify_code"),
    path("certificates/", holder.certificate_list, name="certificate_list"),
    path("certificates/<uuid:uuid>/preview.png", papers.preview, name="certificate_preview"),
    path("certificates/<int:pk>/name/", holder.ask_name, name="certificate_ask_name"),
    path("desk/certificates/", desk.ready, name="desk_certificates"),
    path("desk/certificates/confer/<int:enrolment_id>/", desk.confer, name="desk_confer"),
    path("desk/certificates/conferred/", desk.conferred, name="desk_conferred"),
    path("desk/certificates/conferred/<int:pk>/", desk.credential, name="desk_credential"),
    path("desk/certificates/conferred/<int:pk>/revoke/", desk.revoke, name="desk_revoke"),
    path("desk/certificates/conferred/<int:pk>/suspend/", changes.suspend_one, name="desk_suspend"),
    path("desk/certificates/conferred/<int:pk>/lift/", changes.lift, name="desk_lift"),
    path("desk/certificates/conferred/<int:pk>/replace/", changes.replace, name="desk_replace"),
    path("desk/certificates/names/<int:pk>/close/", changes.close_request, name="desk_close_name_request"),
    path("desk/certificates/revocations/", desk.revocations, name="desk_revocations"),
    path("desk/certificates/revocations/<int:pk>/", desk.revocation, name="desk_revocation"),
    path("desk/certificates/revocations/<int:pk>/withdraw/", desk.withdraw, name="desk_withdraw"),
]
