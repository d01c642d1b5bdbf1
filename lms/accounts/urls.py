from django.urls import path

from lms.accounts import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/change/", views.profile_change, name="profile_change"),
    path("profile/legal-name/", views.legal_name_confirm, name="legal_name_confirm"),
    path("profile/documents/new/", views.document_new, name="document_new"),
    path("profile/documents/<int:pk>/replace/", views.document_replace, name="document_replace"),
    path("desk/documents/", views.desk_documents, name="desk_documents"),
    path("terms/", views.terms, name="terms"),
    path("terms/accept/", views.terms_accept, name="terms_accept"),
    path("desk/terms/", views.terms_publish, name="terms_publish"),
]
