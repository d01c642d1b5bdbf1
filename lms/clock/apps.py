from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "lms.clock"
    label = "clock"

    def ready(self):
        from lms.audit import triggers
        from lms.audit.names import register_actions

        register_actions({"clock.adjustment.made": "Adjusted deadlines"})
        triggers.register(triggers.AppendOnly("clock_adjustment"))
