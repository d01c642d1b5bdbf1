from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "lms.audit"
    label = "audit"

    def ready(self):
        from lms.audit import triggers
        from lms.jobs.registry import register_nightly

        triggers.register(triggers.AppendOnly("audit_auditentry"))
        triggers.register(triggers.AppendOnly("audit_auditseal"))
        post_migrate.connect(triggers.install_all, sender=self, dispatch_uid="install database triggers")
        register_nightly("seal the audit trail", "lms.audit.actions.seal_entries")
