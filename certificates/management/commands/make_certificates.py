from django.core.management.base import BaseCommand

from certificates.actions.papers import make_files_again, make_missing_files


class Command(BaseCommand):
    help = "Makes the certificates, badges and previews that are missing; with --again also those of an older layout."

    def add_arguments(self, parser):
        parser.add_argument("--again", action="store_true", help="draw anew what an older layout drew")
        parser.add_argument("--all", action="store_true", help="draw every file anew")

    def handle(self, *args, **options):
        again = options["again"] or options["all"]
        made = make_files_again(every=options["all"]) if again else make_missing_files()
        self.stdout.write(f"Files made: {made}")
