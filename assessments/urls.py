from django.urls import path

from assessments import views
from assessments.assignments import views as assignments
from assessments.events import views as events
from assessments.exchange import views as exchange
from assessments.invigilation import views as invigilation
from assessments.marking import views as marking
from assessments.regrading import views as regrading
from assessments.requests import views as requests
from assessments.statistics import views as statistics

urlpatterns = [
    path("learn/<int:enrolment_pk>/<slug:slug>/quiz/", views.quiz_intro, name="quiz_intro"),
    path("learn/<int:enrolment_pk>/<slug:slug>/quiz/start/", views.quiz_start, name="quiz_start"),
    path("learn/<int:enrolment_pk>/<slug:slug>/quiz/ask/", requests.quiz_ask, name="quiz_ask"),
    path("learn/<int:enrolment_pk>/<slug:slug>/assignment/", assignments.assignment, name="assignment"),
    path("desk/questions/", exchange.question_files, name="question_files"),
    path("desk/questions/file/", exchange.question_file, name="question_file"),
    path("desk/questions/imports/<int:pk>/", exchange.question_import, name="question_import"),
    path("desk/questions/imports/<int:pk>/again/", exchange.question_import_again, name="question_import_again"),
    path("desk/assignments/", assignments.desk_assignments, name="desk_assignments"),
    path("desk/assignments/decided/", assignments.desk_assignments_decided, name="desk_assignments_decided"),
    path("desk/assignments/<int:pk>/", assignments.desk_assignment, name="desk_assignment"),
    path("quiz/<int:pk>/", views.quiz_attempt, name="quiz_attempt"),
    path("quiz/<int:pk>/answer/", views.quiz_answer, name="quiz_answer"),
    path("quiz/<int:pk>/break/", views.quiz_break, name="quiz_break"),
    path("quiz/<int:pk>/review/", views.quiz_review, name="quiz_review"),
    path("quiz/<int:pk>/submit/", views.quiz_submit, name="quiz_submit"),
    path("quiz/<int:pk>/log/", events.quiz_log, name="quiz_log"),
    path("quiz/<int:pk>/reports/", events.quiz_reports, name="quiz_reports"),
    path("quiz/<int:pk>/result/", views.quiz_result, name="quiz_result"),
    path("desk/attempts/<int:pk>/", invigilation.desk_attempt, name="desk_attempt"),
    path("desk/cohorts/<int:pk>/quizzes/", invigilation.cohort_quizzes, name="cohort_quizzes"),
    path("desk/attempt-requests/", requests.desk_requests, name="desk_requests"),
    path("desk/attempt-requests/decided/", requests.desk_requests_decided, name="desk_requests_decided"),
    path("desk/attempt-requests/<int:pk>/", requests.desk_request, name="desk_request"),
    path("desk/accommodations/", invigilation.desk_accommodations, name="desk_accommodations"),
    path(
        "desk/enrolments/<int:pk>/accommodation/",
        invigilation.enrolment_accommodation,
        name="enrolment_accommodation",
    ),
    path("desk/quizzes/", views.desk_quizzes, name="desk_quizzes"),
    path("desk/questions/<slug:key>/<int:number>/regrade/", regrading.desk_regrade, name="desk_regrade"),
    path("desk/marking/", marking.desk_marking, name="desk_marking"),
    path("desk/marking/<int:pk>/", marking.desk_marking_attempt, name="desk_marking_attempt"),
    path("desk/regrades/<int:pk>/", regrading.desk_regraded, name="desk_regraded"),
    path("desk/statistics/", statistics.desk_statistics, name="desk_statistics"),
    path("desk/statistics/<int:pk>/", statistics.desk_quiz_statistics, name="desk_quiz_statistics"),
    path(
        "desk/statistics/<int:pk>/<slug:key>/<int:number>/",
        statistics.desk_version_statistics,
        name="desk_version_statistics",
    ),
    path("desk/enrolments/<int:pk>/quizzes/", views.enrolment_quizzes, name="enrolment_quizzes"),
]
