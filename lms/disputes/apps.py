from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "lms.disputes"
    label = "disputes"

    def ready(self):
        from lms.audit.names import register_actions
        from lms.disputes.enums import AUDIT_ACTIONS
        from lms.jobs.registry import register_nightly
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        register_work("lms.disputes.queries.work_for_answerer", order=50)
        register_nightly("escalate unanswered disputes", "lms.disputes.actions.escalate_overdue")
