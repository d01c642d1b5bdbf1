from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from lms.backup.archive import restore_backup
from lms.backup.errors import BackupRefused, ProofFailed


class Command(BaseCommand):
    help = "Puts an archive of `backup` into an empty installation and proves that it holds together."
    requires_system_checks = []  # they ask a database that is still empty
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("archive")

    def handle(self, *args, **options):
        try:
            said = restore_backup(Path(options["archive"]), say=self.say)
        except BackupRefused as refused:
            raise CommandError(f"{refused} Nothing was changed.") from None
        except ProofFailed as failed:
            raise CommandError(f"Restored, but it does not hold together: {failed}") from None
        for name, sentence in said.items():
            self.stdout.write(f"{name}: {sentence}")
        self.stdout.write("Now: manage.py migrate, manage.py createcachetable, manage.py check --deploy.")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
