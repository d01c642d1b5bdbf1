from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lms.notices"
    label = "notices"

    def ready(self):
        from lms.jobs.registry import register_nightly

        register_nightly("send notices that are still waiting", "lms.notices.actions.send_waiting_notices")
