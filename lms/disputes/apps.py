from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "lms.disputes"
    label = "disputes"

    def ready(self):
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.disputes.enums import AUDIT_ACTIONS, NEVER_CHANGES
        from lms.jobs.registry import register_nightly
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        triggers.register(triggers.FrozenColumns("disputes_dispute", NEVER_CHANGES))
        triggers.register(triggers.AppendOnly("disputes_disputemove"))
        register_work(
            "lms.disputes.queries.work_for_answerer",
            order=50,
            facts={"owns_undecided": "lms.disputes.queries.owns_undecided"},
        )
        register_nightly("escalate unanswered disputes", "lms.disputes.actions.escalate_overdue")
