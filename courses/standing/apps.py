from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "courses.standing"
    label = "standing"
