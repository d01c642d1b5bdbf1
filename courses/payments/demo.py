"""What the demonstration's places cost, the next cohort that can be joined, and how its people have paid."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from courses.enrolment.actions import create_cohort
from courses.enrolment.demo import ZONE
from courses.enrolment.models import Cohort
from courses.payments.actions.prices import set_price
from courses.payments.enums import Currency, Method, OrderState
from courses.payments.models import Order, OrderMove
from courses.payments.queries import price_of, refund_terms
from lms.audit.actions import record
from lms.demo.registry import Demo

AMOUNT = 240_000
NEXT_COHORT = "Spring 2027"
REFERENCES = {
    "graduate": (Method.SPONSOR, "Juniper Clinic, letter of 14 June"),
    "trainee": (Method.TRANSFER, "KAP 2231"),
}


def create_prices_and_orders(demo: Demo) -> None:
    """The running cohorts were paid for; the next one begins in ten weeks and can be bought."""
    for cohort in (*demo.things["cohorts"], _next_cohort(demo)):
        if price_of(cohort) is None:
            set_price(cohort, amount=AMOUNT, currency=Currency.USD, by=demo.people["director"])
    for name in demo.things["enrolments"]:
        if not Order.objects.filter(person=demo.people[name]).exists():
            _paid_order(demo, name)


def _next_cohort(demo: Demo) -> Cohort:
    running = demo.things["cohort"]
    starts_on = timezone.localdate(timezone=ZoneInfo(ZONE)) + timedelta(weeks=10)
    return Cohort.objects.filter(program=running.program, name=NEXT_COHORT).first() or create_cohort(
        running.program,
        name=NEXT_COHORT,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=730),
        time_zone=ZONE,
        seats=12,
        edition=demo.things.get("second_edition", demo.things["edition"]),
        standard_version=demo.things["standard_version"],
        by=demo.people["director"],
    )


@transaction.atomic
def _paid_order(demo: Demo, name: str) -> None:
    """An order as it stands after payment: the places were given in an earlier step of the demonstration."""
    enrolment = demo.things["enrolments"][name]
    by_hand = _recorded(demo, name, enrolment.enrolled_on) if name in REFERENCES else {}
    order = Order.objects.create(
        person=demo.people[name],
        cohort=enrolment.cohort,
        amount=AMOUNT,
        currency=Currency.USD,
        discipline=enrolment.discipline,
        terms=refund_terms(),
        state=OrderState.PAID,
        paid_at=timezone.now(),
        enrolment=enrolment,
        **by_hand,
    )
    OrderMove.objects.create(order=order, old="", new=OrderState.PAID, by=order.recorded_by)
    record(
        "payments.order.recorded",
        by=order.recorded_by,
        about=order,
        person=order.person_id,
        cohort=order.cohort_id,
        method=order.method,
        reference=order.reference,
        amount=order.amount,
        currency=order.currency,
    )


def _recorded(demo: Demo, name: str, on: date) -> dict:
    method, reference = REFERENCES[name]
    return {"method": method, "reference": reference, "received_on": on, "recorded_by": demo.people["registrar"]}
