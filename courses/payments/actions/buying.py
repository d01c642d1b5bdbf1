"""A person buys a place: the seat is held, the checkout opened, or the seat let go again."""

from datetime import timedelta

import stripe
from django.db import transaction
from django.utils import timezone

from courses.enrolment.actions import hold_seat, release_seat
from courses.enrolment.models import Cohort
from courses.payments import gateway
from courses.payments.actions.moves import lock_order, move_order
from courses.payments.enums import OrderState
from courses.payments.models import Order, OrderMove
from courses.payments.queries import open_order_of, price_of
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import Track
from lms.errors import Refusal

HOLD = timedelta(minutes=45)
LEAST_AT_STRIPE = timedelta(minutes=31)  # a checkout lasts at least half an hour, by Stripe's rule
MOST_ORDERS_A_DAY = 6


@transaction.atomic
def start_order(
    person: User, *, cohort: Cohort, track: Track = Track.THERAPIST, discipline: str = "", terms: str = ""
) -> Order:
    """Hold a seat and write the order for it, at the price that holds now. A repeat gives the open order back.

    One open order for each person: nobody keeps seats from others by opening many.
    """
    if (mine := open_order_of(person)) and (same := _still_open(mine, cohort)):
        return same
    User.objects.select_for_update().get(pk=person.pk)
    if begun := open_order_of(person):  # by another form of hers, a moment ago
        return _for_this_cohort(begun, cohort)
    price = price_of(cohort)
    if price is None:
        raise Refusal(f"Places in {cohort} are not sold here.")
    if not gateway.is_open():
        raise Refusal("Places cannot be bought online at the moment. Please write to us.")
    if (
        Order.objects.filter(person=person, started_at__gt=timezone.now() - timedelta(days=1)).count()
        >= MOST_ORDERS_A_DAY
    ):
        raise Refusal("You have begun several orders today. Please write to us, and we will help.")
    expires_at = timezone.now() + HOLD
    hold_seat(person, cohort=cohort, until=expires_at)
    order = Order.objects.create(
        person=person,
        cohort=cohort,
        amount=price.amount,
        currency=price.currency,
        track=track,
        discipline=discipline,
        terms=terms,
        expires_at=expires_at,
    )
    OrderMove.objects.create(order=order, old="", new=order.state, by=person)
    record(
        "payments.order.started",
        by=person,
        about=order,
        cohort=cohort.pk,
        price=price.pk,
        amount=order.amount,
        currency=order.currency,
    )
    return order


def _still_open(order: Order, cohort: Cohort) -> Order | None:
    """The open order when it is for this cohort; one whose time is over lapses, another one must be let go first."""
    order = lock_order(order)
    if order.state != OrderState.OPEN:
        return None
    if order.expires_at <= timezone.now():
        _lapse(order, by=None, reason="Not paid in time.")
        return None
    return _for_this_cohort(order, cohort)


def _for_this_cohort(order: Order, cohort: Cohort) -> Order:
    if order.cohort_id != cohort.pk:
        raise Refusal(f"You already hold a place in {order.cohort}. Pay for it, or let it go first.")
    return order


def open_checkout(order: Order) -> str:
    """The address of the order's checkout at Stripe; the same one however often it is asked for.

    Asks Stripe outside of any transaction. Raises `Refusal` when the order can no longer be paid or Stripe is away.
    """
    if order.state != OrderState.OPEN or order.expires_at <= timezone.now():
        raise Refusal("This order can no longer be paid. Begin again from the program’s page.")
    if order.session_url:
        return order.session_url
    if order.expires_at - timezone.now() < LEAST_AT_STRIPE:
        raise Refusal("It is too late to open the payment page for this order. Let the place go and begin again.")
    try:
        session = gateway.create_session(order)
    except stripe.StripeError as error:
        raise Refusal(
            "The payment page cannot be opened just now. Your place is kept; try again in a minute."
        ) from error
    Order.objects.filter(pk=order.pk).update(session_id=session.id, session_url=session.url)
    return session.url


@transaction.atomic
def let_go(order: Order, *, by: User | None) -> Order:
    """Give the held seat back and close the checkout. Money that comes all the same is still honoured."""
    order = lock_order(order)
    _lapse(order, by=by, reason="Let go.")
    return order


@transaction.atomic
def lapse_order(order: Order) -> None:
    """An order whose time is over, for which no checkout was ever opened."""
    order = lock_order(order)
    if order.state == OrderState.OPEN:
        _lapse(order, by=None, reason="Not paid in time.")


def _lapse(order: Order, *, by: User | None, reason: str) -> None:
    from courses.payments.tasks import close_checkout  # late: tasks import these actions

    move_order(order, OrderState.LAPSED, by=by, reason=reason)
    release_seat(order.person, order.cohort)
    if order.session_id:
        close_checkout.enqueue(order.session_id)
