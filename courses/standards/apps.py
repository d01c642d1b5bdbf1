from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "courses.standards"
    label = "standards"
