"""A simulator of Stripe's on a port of its own: real HTTP, in a thread of the test."""

import threading

import pytest
import stripe

from courses.payments.simulator import Server, Simulator
from tests.factories.payments import WEBHOOK


@pytest.fixture
def simulator(settings, tmp_path):
    """Running, with nobody to deliver to: `deliver_due` is called by the test. Its address is the one we ask."""
    settings.DEMO = True
    server = Server(0, Simulator(tmp_path / "stripe.json", deliver_to="", secret=settings.STRIPE_WEBHOOK_SECRET))
    settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.simulator
    server.stop()
    thread.join()


@pytest.fixture
def webhooks(simulator, client):
    """Deliver what the simulator has to say, signed as it signs it, to the site of this test; returns how many arrived."""

    def post(payload):
        signature = stripe.WebhookSignature.generate_signature_header(payload, simulator.secret)
        answer = type(client)().post(
            WEBHOOK, payload, content_type="application/json", headers={"Stripe-Signature": signature}
        )
        return answer.status_code == 200

    simulator._post = post
    return simulator.deliver_due
