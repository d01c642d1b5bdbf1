from django.urls import path

from courses.standing.views import award, standing

urlpatterns = [
    path("standing/", standing.standing_index, name="standing_index"),
    path("standing/<int:pk>/", standing.standing, name="standing"),
    path("standing/<int:pk>/<slug:key>/", standing.evidence, name="standing_evidence"),
    path("desk/enrolments/<int:pk>/award/", award.award, name="desk_award"),
    path("desk/enrolments/<int:pk>/waive/", award.waiver_new, name="desk_waiver_new"),
    path("desk/waivers/<int:pk>/end/", award.waiver_end, name="desk_waiver_end"),
    path("desk/enrolments/<int:pk>/hold/", award.hold_new, name="desk_hold_new"),
    path("desk/holds/<int:pk>/lift/", award.hold_lift, name="desk_hold_lift"),
]
