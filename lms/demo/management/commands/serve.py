import signal
import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from lms.env import Env


class Command(BaseCommand):
    help = "Serves the site on this machine with its background worker; they stop together. For one small machine or a try."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=4)
        parser.add_argument(
            "--prepare", action="store_true", help="first migrate, make the cache table and load the demonstration"
        )

    def handle(self, *args, **options):
        if not 1 <= options["port"] <= 65535:
            self.stderr.write("PORT must lie between 1 and 65535.")
            sys.exit(2)
        if options["prepare"]:
            self.prepare()
            self.stdout.flush()
        beside = [subprocess.Popen(command, cwd=settings.BASE_DIR) for command in self.beside(options)]  # noqa: S603 - fixed
        server = subprocess.Popen(self.server_command(options), cwd=settings.BASE_DIR)  # noqa: S603 - fixed words, two numbers
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        if settings.DEMO:
            self.stdout.write(f"\nOpen http://127.0.0.1:{options['port']} (stop with Ctrl+C)\n")
        try:
            code = server.wait()
        except KeyboardInterrupt:
            code = 0
        finally:
            for process in (server, *beside):
                process.terminate()
            for process in (server, *beside):
                process.wait(timeout=30)
        sys.exit(code if code > 0 else 0)

    def beside(self, options) -> list[list[str]]:
        """What runs beside the site: the worker, and in the demonstration the simulator that stands in for Stripe."""
        commands = [[sys.executable, "manage.py", "work"]]
        if settings.STRIPE_IS_SIMULATED:
            site = f"http://127.0.0.1:{options['port']}"
            commands.append([sys.executable, "manage.py", "stripe_simulator", "--site", site])
        return commands

    def prepare(self):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if settings.DEMO:
            call_command("create_demo", stdout=self.stdout)

    def server_command(self, options) -> list[str]:
        workers = Env().number("WEB_CONCURRENCY", default=1, least=1, most=64)
        return [
            *(sys.executable, "-m", "gunicorn", "lms.wsgi", "--worker-class", "gthread"),
            *(
                "--bind",
                f"127.0.0.1:{options['port']}",
                "--workers",
                str(workers),
                "--threads",
                str(options["threads"]),
            ),
            *("--keep-alive", "30", "--log-level", "warning"),
        ]
