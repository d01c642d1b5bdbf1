from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "lms.backup"
    label = "backup"

    def ready(self):
        from lms.backup.registry import register_proof

        register_proof("audit trail", "lms.audit.actions.prove_trail")
