import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms.demo.registry import Demo, Stage, demo_steps


class Command(BaseCommand):
    help = "Loads the demonstration institute. Safe to repeat: what exists is kept."

    def add_arguments(self, parser):
        parser.add_argument(
            "--stage",
            choices=[stage.name.lower() for stage in Stage],
            default=Stage.RUNNING.name.lower(),
            help="new: an institute that opens; running: everything under way; complete: also revoked credentials. "
            "A later stage adds to an earlier one.",
        )

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("The demonstration is refused unless DEMO=1 is set: its password is known to everybody.")
        stage = Stage[options["stage"].upper()]
        demo, steps = Demo(stage=stage), demo_steps(stage)
        all_begun = time.monotonic()
        for number, (title, step) in enumerate(steps, start=1):
            begun = time.monotonic()
            self.stdout.write(f"[{number}/{len(steps)}] {title} ...", ending=" ")
            self.stdout.flush()
            step(demo)
            self.stdout.write(f"{time.monotonic() - begun:.1f} s")
        self.stdout.write(f"Stage {options['stage']}: {time.monotonic() - all_begun:.1f} s")
        self.stdout.write("\nSign in with one of these addresses and the password " + settings.DEMO_PASSWORD)
        for person in demo.people.values():
            self.stdout.write(f"  {person.email:32} {person.display_name}")
