from django.core.management.base import BaseCommand

from certificates.actions.keys import create_signing_keys


class Command(BaseCommand):
    help = "Make the signing keys that are missing: Ed25519 for proofs and status lists, RSA for tokens."

    def add_arguments(self, parser):
        parser.add_argument(
            "--rotate",
            action="store_true",
            help="Make new keys although there are current ones. The old ones stay published and sign nothing more.",
        )

    def handle(self, *args, rotate, **options):
        made = create_signing_keys(by=None, rotate=rotate)
        for key in made:
            self.stdout.write(f"made {key.name}, published as {key.method_id}")
        if not made:
            self.stdout.write("The signing keys are there already.")
