from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lms.accounts"
    label = "accounts"

    def ready(self):
        from lms.accounts import enums
        from lms.audit import triggers
        from lms.audit.names import register_actions
        from lms.jobs.registry import register_nightly

        register_actions(enums.AUDIT_ACTIONS)
        triggers.register(triggers.FrozenColumns("accounts_rolegrant", enums.GRANT_NEVER_CHANGES))
        triggers.register(
            triggers.FrozenColumns("accounts_barrier", ("low_id", "high_id", "raised_by_id", "raised_at"))
        )
        triggers.register(triggers.AppendOnly("accounts_termsversion"))
        triggers.register(triggers.AppendOnly("accounts_termsacceptance"))
        register_nightly("mirror the dated roles to groups", "lms.accounts.actions.mirror_all_roles")
