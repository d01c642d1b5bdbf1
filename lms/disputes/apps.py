from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "lms.disputes"
    label = "disputes"

    def ready(self):
        from lms.audit.names import register_actions
        from lms.disputes.enums import AUDIT_ACTIONS
        from lms.jobs.registry import register_nightly

        register_actions(AUDIT_ACTIONS)
        register_nightly("escalate unanswered disputes", "lms.disputes.actions.escalate_overdue")
