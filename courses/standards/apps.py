from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "courses.standards"
    label = "standards"

    def ready(self):
        from courses.standards.enums import AUDIT_ACTIONS
        from lms.audit import triggers
        from lms.audit.names import register_actions

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.AppendOnly("standards_standardversion"))
