from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "lms.demo"
    label = "demo"

    def ready(self):
        from lms.demo.registry import register_step

        register_step(10, "the institute and its people", "lms.demo.people.create_people")
