from django.core.management.base import BaseCommand, CommandError

from lms.jobs.registry import nightly_steps


class Command(BaseCommand):
    help = "Runs everything that is due once a day. Safe to repeat; call it from cron or a systemd timer."

    def handle(self, *args, **options):
        failed = []
        for title, step in nightly_steps():
            try:
                outcome = step()
            except Exception as error:  # one failing step must not keep the others from running; it is reported below
                failed.append(title)
                self.stderr.write(f"{title}: failed: {error}")
            else:
                self.stdout.write(f"{title}: done" + (f" ({outcome})" if outcome else ""))
        if failed:
            raise CommandError(f"{len(failed)} of the nightly steps failed: {', '.join(failed)}.")
