from django.urls import path

from courses.standards import views

urlpatterns = [
    path("desk/standards/", views.standard_list, name="desk_standards"),
    path("desk/standards/<int:pk>/", views.standard_desk, name="desk_standard"),
    path("standards/<int:pk>/", views.standard_public, name="standard"),
    path("standards/<int:pk>/<int:number>/", views.standard_public, name="standard_version"),
]
