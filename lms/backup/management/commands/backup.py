from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.backup.archive import default_name, make_backup
from lms.backup.errors import BackupRefused


class Command(BaseCommand):
    help = (
        "Writes database, files and signing keys into one archive. Keep the secrets of .env elsewhere; it needs them."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", help="where the archive goes; on another machine or disk, best of all")

    def handle(self, *args, **options):
        folder = Path(options["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / default_name(timezone.now())
        try:
            manifest = make_backup(target, say=self.say)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        size = target.stat().st_size / 1_000_000
        self.stdout.write(
            f"{target}: {size:.1f} MB, {len(manifest['members'])} files, {sum(manifest['rows'].values())} rows"
        )

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
