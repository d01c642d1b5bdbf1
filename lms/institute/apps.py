from django.apps import AppConfig


class InstituteConfig(AppConfig):
    name = "lms.institute"
    label = "institute"

    def ready(self):
        from lms.web.publicsearch import register_public_texts

        register_public_texts("lms.institute.public_texts.texts", order=30)
