import signal
import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from courses.payments.simulator import Server, Simulator, SimulatorRefused


class Command(BaseCommand):
    help = (
        "Runs the demonstration's own small Stripe, on which nothing is paid. Refused unless DEMO=1; `serve` starts it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.PUBLIC_URL, help="where the webhooks go (PUBLIC_URL)")

    def handle(self, *args, **options):
        if not settings.STRIPE_IS_SIMULATED:
            raise CommandError("The simulator is refused unless DEMO=1 is set and no STRIPE_SECRET_KEY.")
        simulator = Simulator(
            settings.DATA_DIR / "stripe-simulator.json",
            deliver_to=options["site"] + reverse("stripe_webhook"),
            secret=settings.STRIPE_WEBHOOK_SECRET,
        )
        try:
            server = Server(urlsplit(settings.STRIPE_API_BASE).port, simulator)
        except (SimulatorRefused, OSError) as error:
            raise CommandError(
                f"The simulator cannot start at {settings.STRIPE_API_BASE}; set STRIPE_SIMULATOR_URL to a free port. {error}"
            ) from error
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.stop).start())
        server.run()
