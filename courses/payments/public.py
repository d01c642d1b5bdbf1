"""What the public page of a program says of its cohorts and their fees, with the way to buy a place."""

from django.urls import reverse

from courses.curriculum.models import Program
from courses.curriculum.public import Section
from courses.payments import gateway
from courses.payments.queries import offers_of
from courses.payments.rules import money, seats_left_in_words


def facts(program: Program) -> list[dict]:
    """The fee and the seats of the next cohort that is sold, and the way to all of them."""
    sold = [offer for offer in offers_of(program) if offer.amount is not None]
    if not sold:
        return []
    first = next((offer for offer in sold if offer.left), sold[0])
    return [
        {"label": "Fee", "value": money(first.amount, first.currency)},
        {"label": f"Places in {first.cohort}", "value": seats_left_in_words(first.left)},
        {"label": "Join", "value": "Buy a place", "url": reverse("places", args=[program.pk])},
    ]


def section(program: Program) -> Section:
    """Every cohort that people can still join: its days, its fee, and whether there is room."""
    context = {
        "offers": offers_of(program),
        "can_buy": gateway.is_open(),
        "places_url": reverse("places", args=[program.pk]),
    }
    return Section("payments/program_cohorts.html", context)
