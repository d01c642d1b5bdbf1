import threading
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from lms.jobs.actions import rescue_running_tasks

DAY = 24 * 60 * 60


class Command(BaseCommand):
    help = "Runs background tasks, rescues the ones left running, and does the nightly steps once a day."

    def add_arguments(self, parser):
        parser.add_argument("--no-nightly", action="store_true", help="leave the nightly steps to cron")

    def handle(self, *args, **options):
        rescue_running_tasks()
        if not options["no_nightly"]:
            threading.Thread(target=self.run_nightly_for_ever, daemon=True).start()
        call_command("db_worker", "--backend=queue", "--queue-name=*", "--no-startup-delay")

    def run_nightly_for_ever(self):
        while True:
            try:
                call_command("nightly", stdout=self.stdout, stderr=self.stderr)
            except Exception as error:  # the loop must outlive one bad night; the command has named the step
                self.stderr.write(str(error))
            close_old_connections()
            time.sleep(DAY)
