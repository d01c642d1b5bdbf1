import threading
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from lms.jobs.actions import rescue_running_tasks
from lms.jobs.registry import keep_watch, minutely_steps

DAY = 24 * 60 * 60
ROUND = 10 * 60
MINUTE = 60


class Command(BaseCommand):
    help = (
        "Runs background tasks, rescues the ones left running every ten minutes, and does the nightly steps once a day."
    )

    def add_arguments(self, parser):
        parser.add_argument("--no-nightly", action="store_true", help="leave the nightly steps to cron")

    def handle(self, *args, **options):
        rescue_running_tasks()
        threading.Thread(target=self.keep_house, args=[not options["no_nightly"]], daemon=True).start()
        threading.Thread(target=self.keep_the_minute, daemon=True).start()
        call_command("db_worker", "--backend=queue", "--queue-name=*", "--no-startup-delay")

    def keep_the_minute(self):
        """Beside the worker, for ever: what people wait for. One that fails does not keep the others."""
        while True:
            self.do_the_minute()
            time.sleep(MINUTE)

    def do_the_minute(self):
        for title, step in minutely_steps():
            try:
                step()
            except Exception as error:
                self.stderr.write(f"{title}: {type(error).__name__}: {error}")
        close_old_connections()

    def keep_house(self, with_nightly: bool):
        """Beside the worker, for ever: the loop must outlive a bad night and a database that is away for a while."""
        last_night = -DAY
        while True:
            try:
                rescue_running_tasks()
                keep_watch()
                if with_nightly and time.monotonic() - last_night >= DAY:
                    last_night = time.monotonic()
                    call_command("nightly", stdout=self.stdout, stderr=self.stderr)
            except Exception as error:  # reported here; nightly has named its failing steps
                self.stderr.write(f"{type(error).__name__}: {error}")
            close_old_connections()
            time.sleep(ROUND)
