from django.urls import path, re_path

from courses.learning import views

urlpatterns = [
    path("learn/", views.learn, name="learn"),
    path("learn/<int:pk>/", views.outline, name="learn_outline"),
    path("learn/<int:pk>/search/words/", views.search, name="learn_search"),
    path("learn/<int:pk>/corrections/list/", views.corrections, name="learn_corrections"),
    path("learn/<int:pk>/to/<uuid:key>/", views.link, name="learn_link"),
    re_path(r"^learn/(?P<pk>[0-9]+)/assets/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)$", views.asset, name="learn_asset"),
    path("learn/<int:pk>/<slug:slug>/", views.item, name="learn_item"),
    path("learn/<int:pk>/<slug:slug>/complete/", views.complete, name="learn_complete"),
]
