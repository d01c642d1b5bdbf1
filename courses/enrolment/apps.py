from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "courses.enrolment"
    label = "enrolment"

    def ready(self):
        from courses.enrolment.enums import AUDIT_ACTIONS
        from lms.audit import triggers
        from lms.audit.names import register_actions

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.AppendOnly("enrolment_enrolmentmove"))
