from django.apps import AppConfig


class InstituteConfig(AppConfig):
    name = "lms.institute"
    label = "institute"
