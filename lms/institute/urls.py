from django.urls import path

from lms.institute import views

urlpatterns = [
    path("media/<path:path>", views.media, name="media"),
    path("documents/<int:document_id>/<str:document_filename>", views.document, name="wagtaildocs_serve"),
    path("policies/", views.policies, name="policies"),
]
