from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lms.accounts"
    label = "accounts"

    def ready(self):
        from lms.accounts import enums
        from lms.accounts.facts import register_person_fact
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.jobs.registry import register_nightly
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.worklist import register_work

        register_actions(enums.AUDIT_ACTIONS)
        register_person_fact("has_second_factor", "lms.accounts.queries.second_factor")
        triggers.register(triggers.FrozenColumns("accounts_rolegrant", enums.GRANT_NEVER_CHANGES))
        triggers.register(
            triggers.FrozenColumns("accounts_barrier", ("low_id", "high_id", "raised_by_id", "raised_at"))
        )
        triggers.register(triggers.AppendOnly("accounts_termsversion"))
        triggers.register(triggers.AppendOnly("accounts_termsacceptance"))
        triggers.register(triggers.AppendOnly("accounts_professionaldocument"))
        register_nightly("remind of documents that run out", "lms.accounts.actions.remind_of_documents")
        register_work("lms.accounts.queries.work_for_director", order=70)
        register_desk(
            "Documents",
            "desk_documents",
            "Licences, cards and policies of supervisors that have lapsed or soon will.",
            group=DeskGroup.PRACTICE,
            roles=[enums.Role.DIRECTOR],
            order=70,
        )
        register_nightly("mirror the dated roles to groups", "lms.accounts.actions.mirror_all_roles")
