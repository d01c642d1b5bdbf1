"""Buying a place in a real browser: the simulator's pay page over real HTTP, a change of mind, receipt, refund.

Bought and paid back as the journey is walked: with a mouse and axe, by keyboard alone, without scripts.
"""

import time
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from courses.enrolment.queries import seats_taken
from courses.payments.models import Order
from tests.browser import steps
from tests.factories.curriculum import make_program_page
from tests.factories.payments import make_sold_cohort
from tests.jobs import drain


def wait_until(is_so, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_a_place_is_bought_and_a_director_pays_it_back(cast, person, simulator, kind):
    page = make_program_page(slug="kap-for-sale")
    cohort = make_sold_cohort(program=page.program, seats=1, starts_on=timezone.localdate() + timedelta(days=40))
    buyer, director = person(kind), person(kind)
    buyer.may_go_to(simulator.origin)

    buyer.sign_in(cast.trainee.email)
    steps.find_a_place(buyer, page)
    buyer.fill(discipline="Psychologist")
    buyer.press("Go on to the payment")
    buyer.press("Cancel")
    buyer.reads("is held until")
    waiting = reverse("order", args=[Order.objects.get().pk])
    buyer.go(f"{waiting}?back=paid")  # as one who says that she has paid
    buyer.reads("We are waiting for Stripe’s word")
    buyer.go(waiting)
    buyer.press("Let the place go")
    buyer.press("Let it go")
    steps.find_a_place(buyer, page)
    order = steps.buy(buyer, simulator)
    buyer.go(reverse("order_list"))
    assert order.person == cast.trainee
    assert seats_taken(cohort) == 1

    director.sign_in(cast.director.email)
    director.go(reverse("desk_payments"))
    director.press(str(order))
    director.press("Pay it back")
    director.fill(reason="She cannot come.")
    director.sign("Pay USD 2,400.00 back")
    drain()  # the worker
    wait_until(lambda: Order.objects.get(pk=order.pk).state == "refunded")
    director.go(reverse("desk_payment", args=[order.pk]))
    director.reads("Stripe: refunded in full.")
    assert seats_taken(cohort) == 0

    buyer.go(reverse("order", args=[order.pk]))
    buyer.reads("your place has ended")
    buyer.go(reverse("places", args=[page.program_id]))
    buyer.reads("1 seat left")


def test_the_pages_of_the_simulator_are_sound_too(cast, person, simulator):
    page = make_program_page(slug="kap-for-sale")
    cohort = make_sold_cohort(program=page.program, starts_on=timezone.localdate() + timedelta(days=40))
    buyer = person()
    buyer.may_go_to(simulator.origin)
    buyer.watch.complaints = Declined()
    buyer.sign_in(cast.trainee.email)
    buyer.go(reverse("buy_place", args=[cohort.pk]))
    buyer.fill(discipline="Psychologist")
    buyer.press("Go on to the payment")
    checkout = buyer.page.url
    buyer.press("Decline")
    buyer.reads("The card was declined")
    buyer.follow("Pay")
    buyer.waits_to_read("you are enrolled")
    buyer.go(checkout)
    buyer.reads("This checkout is closed")
    buyer.go(simulator.origin)
    buyer.press("Open a chargeback")
    wait_until(lambda: Order.objects.get().state == "disputed")
    buyer.go(reverse("order", args=[Order.objects.get().pk]))
    buyer.reads("paused until that is decided")
    buyer.go(reverse("home"))
    buyer.go(simulator.origin)
    buyer.press("Chargeback won")
    wait_until(lambda: Order.objects.get().state == "paid")


class Declined(list):
    """Complaints but the one that is meant: a declined card answers 402, which Chromium writes to its console."""

    def append(self, complaint):
        if "status of 402" not in complaint:
            super().append(complaint)
