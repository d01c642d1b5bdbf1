from django.core.management.base import BaseCommand, CommandError

from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.accounts.models import User


class Command(BaseCommand):
    help = "Gives an existing account a role for the whole institute: how the first program director comes to be."

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address the person signs in with")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--reason", default="Granted on the server", help="kept with the grant")

    def handle(self, *args, **options):
        person = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody has signed up as {options['email']} yet.")
        grant_role(person, Role(options["role"]), by=None, reason=options["reason"][:300])
        self.stdout.write(f"{person.email} is {Role(options['role']).label.lower()} now.")
