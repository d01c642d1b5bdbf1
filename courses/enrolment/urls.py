from django.urls import path

from courses.enrolment.views import cohorts, enrolments, people

urlpatterns = [
    path("desk/cohorts/", cohorts.cohort_list, name="desk_cohorts"),
    path("desk/cohorts/new/", cohorts.cohort_new, name="desk_cohort_new"),
    path("desk/cohorts/<int:pk>/", cohorts.cohort_detail, name="desk_cohort"),
    path("desk/cohorts/<int:pk>/enrol/", cohorts.cohort_enrol, name="desk_cohort_enrol"),
    path("desk/cohorts/<int:pk>/faculty/", cohorts.cohort_faculty, name="desk_cohort_faculty"),
    path("desk/cohorts/<int:pk>/faculty/<int:grant>/end/", cohorts.cohort_faculty_end, name="desk_cohort_faculty_end"),
    path("desk/cohorts/<int:pk>/adopt/", cohorts.cohort_adopt, name="desk_cohort_adopt"),
    path("desk/cohorts/<int:pk>/deadlines/", cohorts.cohort_deadlines, name="desk_cohort_deadlines"),
    path("desk/enrolments/<int:pk>/", enrolments.enrolment_detail, name="desk_enrolment"),
    path("desk/enrolments/<int:pk>/pause/", enrolments.enrolment_pause, name="desk_enrolment_pause"),
    path("desk/enrolments/<int:pk>/resume/", enrolments.enrolment_resume, name="desk_enrolment_resume"),
    path("desk/enrolments/<int:pk>/extend/", enrolments.enrolment_extend, name="desk_enrolment_extend"),
    path("desk/enrolments/<int:pk>/complete/", enrolments.enrolment_complete, name="desk_enrolment_complete"),
    path("desk/enrolments/<int:pk>/withdraw/", enrolments.enrolment_withdraw, name="desk_enrolment_withdraw"),
    path("desk/enrolments/<int:pk>/deadlines/", enrolments.enrolment_deadlines, name="desk_enrolment_deadlines"),
    path("desk/roles/", people.role_list, name="desk_roles"),
    path("desk/roles/new/", people.role_new, name="desk_role_new"),
    path("desk/roles/<int:pk>/end/", people.role_end, name="desk_role_end"),
    path("desk/barriers/", people.barrier_list, name="desk_barriers"),
    path("desk/barriers/new/", people.barrier_new, name="desk_barrier_new"),
    path("desk/barriers/<int:pk>/end/", people.barrier_end, name="desk_barrier_end"),
]
