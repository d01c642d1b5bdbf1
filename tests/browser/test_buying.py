"""Buying a place in a real browser: program page, sign-up, the simulator's pay page over real HTTP, receipt, refund.

Every page, the simulator's too, is checked as in the journey: axe in both widths and themes, nothing over the edge.
"""

import threading
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.queries import seats_taken
from courses.payments.models import Order
from courses.payments.simulator import Server, Simulator
from tests.browser.test_journey import EMAIL, Person, cast, person, sign_up  # noqa: F401 - fixtures among them
from tests.factories.curriculum import make_program_page
from tests.factories.payments import WEBHOOK, make_sold_cohort
from tests.jobs import drain


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
    yield stripe
    server.stop()
    thread.join()


def allow_simulator(somebody: Person, settings) -> None:
    """She leaves our site for the payment: requests to the simulator are meant, and no others."""
    on_request = somebody.watch.on_request

    def watched(request):
        if not request.url.startswith(settings.STRIPE_CHECKOUT_ORIGIN + "/"):
            on_request(request)

    somebody.page.remove_listener("request", on_request)
    somebody.page.on("request", watched)


def wait_until(is_so, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_a_newcomer_buys_a_place_and_a_director_pays_it_back(cast, person, simulator, settings):  # noqa: F811
    page = make_program_page(slug="kap-for-sale")
    cohort = make_sold_cohort(program=page.program, seats=1, starts_on=timezone.localdate() + timedelta(days=40))
    newcomer, director = person(), person()
    allow_simulator(newcomer, settings)

    newcomer.go(page.url)
    newcomer.press("Buy a place")
    newcomer.reads("1 seat left")
    newcomer.press("Buy a place")
    newcomer.reads("USD 2,400.00")
    newcomer.press("Make an account")
    sign_up(newcomer, at=newcomer.page.url)
    newcomer.reads("it belongs to your account")  # back on the page she came from
    newcomer.fill(discipline="Psychologist")
    newcomer.press("Go on to the payment")

    assert newcomer.page.url.startswith(settings.STRIPE_CHECKOUT_ORIGIN)
    newcomer.reads("No money moves")
    newcomer.press("Cancel")
    newcomer.reads("is held until")
    newcomer.press("Go on to the payment")
    newcomer.press("Pay")
    order = Order.objects.get()
    assert newcomer.page.url.startswith(newcomer.base + reverse("order", args=[order.pk]))
    newcomer.page.get_by_text("you are enrolled").wait_for(timeout=20_000)  # the page looks by itself
    newcomer.check_page(newcomer.page)
    newcomer.press("Open the receipt")
    newcomer.reads("One place in")
    newcomer.go(reverse("order_list"))
    assert order.person.email == EMAIL
    assert seats_taken(cohort) == 1

    director.sign_in(cast.director.email)
    director.go(reverse("desk_payments"))
    director.press(str(order))
    director.press("Pay it back")
    director.fill(reason="She cannot come.")
    director.press("Pay USD 2,400.00 back")
    drain()  # the worker
    wait_until(lambda: Order.objects.get().state == "refunded")
    director.go(reverse("desk_payment", args=[order.pk]))
    director.reads("Stripe: refunded in full.")
    assert seats_taken(cohort) == 0

    newcomer.go(reverse("order", args=[order.pk]))
    newcomer.reads("your place has ended")
    newcomer.go(reverse("places", args=[page.program_id]))
    newcomer.reads("1 seat left")


def test_the_pages_of_the_simulator_are_sound_too(cast, person, simulator, settings):  # noqa: F811
    page = make_program_page(slug="kap-for-sale")
    cohort = make_sold_cohort(program=page.program, starts_on=timezone.localdate() + timedelta(days=40))
    buyer = person()
    allow_simulator(buyer, settings)
    buyer.watch.complaints = Declined()
    buyer.sign_in(cast.trainee.email)
    buyer.go(reverse("buy_place", args=[cohort.pk]))
    buyer.fill(discipline="Psychologist")
    buyer.press("Go on to the payment")
    checkout = buyer.page.url
    buyer.press("Decline")
    buyer.reads("The card was declined")
    buyer.press("Pay")
    buyer.page.get_by_text("you are enrolled").wait_for(timeout=20_000)
    buyer.page.goto(checkout)
    buyer.reads("This checkout is closed")
    buyer.check_page(buyer.page)
    buyer.page.goto(settings.STRIPE_CHECKOUT_ORIGIN)
    buyer.check_page(buyer.page)
    buyer.press("Open a chargeback")
    wait_until(lambda: Order.objects.get().state == "disputed")
    buyer.go(reverse("order", args=[Order.objects.get().pk]))
    buyer.reads("paused until that is decided")
    buyer.go(reverse("home"))
    buyer.page.goto(settings.STRIPE_CHECKOUT_ORIGIN)
    buyer.press("Chargeback won")
    wait_until(lambda: Order.objects.get().state == "paid")


class Declined(list):
    """Complaints but the one that is meant: a declined card answers 402, which Chromium writes to its console."""

    def append(self, complaint):
        if "status of 402" not in complaint:
            super().append(complaint)
