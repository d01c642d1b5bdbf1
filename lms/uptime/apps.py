from django.apps import AppConfig


class UptimeConfig(AppConfig):
    name = "lms.uptime"
    label = "uptime"

    def ready(self):
        from lms.audit import triggers

        triggers.register(triggers.AppendOnly("uptime_outage"))
