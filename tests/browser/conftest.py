"""A real Chromium against a real server. Run by `make browser`; CHROMIUM names the browser's program."""

import os
import threading
from pathlib import Path

import pytest

from courses.payments.simulator import Server, Simulator
from tests.browser.keyboard import KeyboardPerson
from tests.browser.person import Person, ScriptlessPerson
from tests.cast import Cast, make_cast
from tests.factories.payments import WEBHOOK

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop of its own in the test's thread


@pytest.fixture(scope="session")
def browser_type_launch_args():
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(program).exists():
        pytest.exit(f"No Chromium at {program}: install it, or set CHROMIUM.", returncode=1)
    arguments = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    return {"executable_path": program, "args": arguments}


@pytest.fixture
def cast(transactional_db) -> Cast:
    """The cast, committed: the server of the test is another thread."""
    return make_cast()


@pytest.fixture(params=[Person, KeyboardPerson, ScriptlessPerson], ids=["mouse", "keyboard alone", "no scripts"])
def kind(request) -> type[Person]:
    """How everybody in the test works; the test is walked once for each."""
    return request.param


@pytest.fixture
def person(browser, live_server):
    """Makes people, each with a browser of her own; at the end none of their pages may have complained."""
    everybody = []

    def make(kind: type[Person] = Person, *, base: str = live_server.url) -> Person:
        everybody.append(kind(browser, base))
        return everybody[-1]

    yield make
    assert [complaint for somebody in everybody for complaint in somebody.watch.complaints] == []


@pytest.fixture
def simulator(live_server, settings, tmp_path):
    """The demonstration's Stripe on a port of its own, delivering its webhooks to the site of this test."""
    settings.DEMO, settings.PUBLIC_URL = True, live_server.url
    stripe = Simulator(
        tmp_path / "stripe.json", deliver_to=live_server.url + WEBHOOK, secret=settings.STRIPE_WEBHOOK_SECRET
    )
    server = Server(0, stripe)
    settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = f"http://127.0.0.1:{server.server_port}"
    settings.DEMO = False  # the bar of the demonstration is no part of this
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    stripe.origin = settings.STRIPE_CHECKOUT_ORIGIN
    yield stripe
    server.stop()
    thread.join()
