import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms.demo.registry import Demo, demo_steps


class Command(BaseCommand):
    help = "Loads the demonstration institute. Safe to repeat: what exists is kept."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("The demonstration is refused unless DEMO=1 is set: its password is known to everybody.")
        demo, steps = Demo(), demo_steps()
        for number, (title, step) in enumerate(steps, start=1):
            begun = time.monotonic()
            self.stdout.write(f"[{number}/{len(steps)}] {title} ...", ending=" ")
            self.stdout.flush()
            step(demo)
            self.stdout.write(f"{time.monotonic() - begun:.1f} s")
        self.stdout.write("\nSign in with one of these addresses and the password " + settings.DEMO_PASSWORD)
        for person in demo.people.values():
            self.stdout.write(f"  {person.email:32} {person.display_name}")
