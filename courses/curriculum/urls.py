from django.urls import path, re_path

from courses.curriculum.views import desk
from courses.curriculum.views.copying import CopyPages

SHA256 = r"(?P<sha256>[0-9a-f]{64})"

urlpatterns = [
    path("desk/programs/", desk.programs, name="desk_programs"),
    path("desk/programs/<int:pk>/publish/", desk.publish, name="desk_publish_edition"),
    path("desk/programs/<int:pk>/replace/", desk.replace, name="desk_replace_words"),
    path("desk/editions/builds/<int:pk>/", desk.build, name="desk_edition_build"),
    path("desk/programs/<int:pk>/acceptance/", desk.acceptance, name="desk_program_acceptance"),
    path("desk/editions/<int:pk>/", desk.edition, name="desk_edition"),
    path("desk/editions/<int:pk>/changes/<int:since>/", desk.changes, name="desk_edition_changes"),
    path("desk/editions/<int:pk>/regulator/new/", desk.regulator, name="desk_regulator_step"),
    path("desk/editions/<int:pk>/to/<uuid:key>/", desk.edition_link, name="desk_edition_link"),
    re_path(
        rf"^desk/editions/(?P<pk>[0-9]+)/assets/{SHA256}/(?P<name>[^/]+)$",
        desk.edition_asset,
        name="desk_edition_asset",
    ),
    path("desk/editions/<int:pk>/<slug:slug>/", desk.edition_item, name="desk_edition_item"),
    path("desk/editions/<int:pk>/<slug:slug>/correct/", desk.correct, name="desk_correct_item"),
    re_path(rf"^desk/assets/{SHA256}/(?P<name>[^/]+)$", desk.editors_asset, name="desk_asset"),
    path("cms/pages/<int:page_id>/copy/", CopyPages.as_view(), name="cms_copy_page"),
]
