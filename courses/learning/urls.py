from django.urls import path, re_path

from courses.learning import views, views_staff
from courses.learning.hours import views as hours
from courses.learning.notes import views as notes

urlpatterns = [
    path("learn/", views.learn, name="learn"),
    path("learn/<int:pk>/", views.outline, name="learn_outline"),
    path("learn/<int:pk>/search/words/", views.search, name="learn_search"),
    path("learn/<int:pk>/changes/list/", views.changes, name="learn_changes"),
    path("learn/<int:pk>/corrections/list/", views.corrections, name="learn_corrections"),
    path("learn/<int:pk>/glossary/words/", views.glossary, name="learn_glossary"),
    path("learn/<int:pk>/references/list/", views.references, name="learn_references"),
    path("learn/<int:pk>/to/<uuid:key>/", views.link, name="learn_link"),
    re_path(r"^learn/(?P<pk>[0-9]+)/assets/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)$", views.asset, name="learn_asset"),
    path("learn/<int:pk>/notes/list/", notes.notes, name="learn_notes"),
    re_path(r"^learn/(?P<pk>[0-9]+)/notes/my-notes\.(?P<ending>txt|json)$", notes.export, name="learn_notes_export"),
    path("learn/<int:pk>/notes/delete-all/", notes.delete_all, name="learn_notes_delete_all"),
    path("learn/<int:pk>/notes/<int:note>/", notes.change, name="learn_note"),
    path("learn/<int:pk>/notes/<int:note>/delete/", notes.delete, name="learn_note_delete"),
    path("learn/<int:pk>/<slug:slug>/note/", notes.new, name="learn_note_new"),
    path("learn/<int:pk>/<slug:slug>/bookmark/", notes.bookmark, name="learn_bookmark"),
    path("learn/<int:pk>/<slug:slug>/", views.item, name="learn_item"),
    path("learn/<int:pk>/<slug:slug>/print/", views.handout_page, name="learn_print"),
    path("learn/<int:pk>/<slug:slug>/complete/", views.complete, name="learn_complete"),
    path("learn/<int:pk>/<slug:slug>/check/<uuid:block>/", views.check, name="learn_check"),
    path("learn/<int:pk>/<slug:slug>/attestation/<uuid:block>/", views.attestation, name="learn_attestation"),
    path("desk/cohorts/<int:pk>/as-trainee/", views_staff.outline, name="desk_as_trainee"),
    path("desk/cohorts/<int:pk>/as-trainee/to/<uuid:key>/", views_staff.link, name="desk_as_trainee_link"),
    re_path(
        r"^desk/cohorts/(?P<pk>[0-9]+)/as-trainee/assets/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)$",
        views_staff.asset,
        name="desk_as_trainee_asset",
    ),
    path("desk/cohorts/<int:pk>/as-trainee/<slug:slug>/", views_staff.item, name="desk_as_trainee_item"),
    path("desk/editions/<int:pk>/<slug:slug>/as-trainee/", views_staff.choose_cohort, name="desk_item_as_trainee"),
    # Below "hours/", for an item of an edition may have that slug.
    path("desk/editions/<int:pk>/hours/map/", hours.edition_hours, name="desk_edition_hours"),
    path("desk/editions/<int:pk>/hours/map.csv", hours.edition_hours_csv, name="desk_edition_hours_csv"),
    path("desk/editions/<int:pk>/hours/map.pdf", hours.edition_hours_pdf, name="desk_edition_hours_pdf"),
    path("desk/programs/<int:pk>/hours/", hours.draft_hours, name="desk_program_hours"),
]
