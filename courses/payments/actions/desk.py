"""What directors and registrars do with orders: record a payment, refund, find a place, settle a flag."""

from datetime import date

import stripe
from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Cohort
from courses.enrolment.queries import may_act_on
from courses.payments import gateway
from courses.payments.actions.moves import cost, lock_order, move_order, raise_flag, tell
from courses.payments.actions.settling import close_refunded, place
from courses.payments.enums import RECORDED_METHODS, REFUNDABLE_STATES, FlagKind, Method, OrderState
from courses.payments.models import Flag, Order, OrderMove
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import Track
from lms.errors import IllegalMove, Refusal

NOT_FOR_YOU = "You cannot handle this person’s payments. Please ask another director or registrar."


@transaction.atomic
def record_payment(
    person: User,
    *,
    cohort: Cohort,
    method: Method,
    reference: str,
    amount: int,
    currency: str,
    received_on: date,
    by: User,
    track: Track = Track.THERAPIST,
    discipline: str = "",
) -> Order:
    """Money that came another way: it enrols like Stripe's. Nobody records a payment of her own.

    Raises `Refusal` when the same reference was recorded for this cohort already, or there is no seat.
    """
    if not may_act_on(by, person):
        raise Refusal(NOT_FOR_YOU)
    if method not in RECORDED_METHODS:
        raise Refusal("Card payments are never recorded by hand: Stripe reports them itself.")
    if received_on > timezone.localdate():
        raise Refusal("The day of the payment lies in the future.")
    if (
        Order.objects.filter(method=method, reference=reference, cohort=cohort)
        .exclude(state=OrderState.REFUNDED)
        .exists()
    ):
        raise Refusal(f"A payment with the reference {reference} is recorded for {cohort} already.")
    order = Order.objects.create(
        person=person,
        cohort=cohort,
        amount=amount,
        currency=currency,
        method=method,
        reference=reference,
        received_on=received_on,
        recorded_by=by,
        track=track,
        discipline=discipline,
        state=OrderState.WAITING,
        paid_at=timezone.now(),
    )
    OrderMove.objects.create(order=order, old="", new=OrderState.WAITING, by=by)
    record(
        "payments.order.recorded",
        by=by,
        about=order,
        person=person.pk,
        cohort=cohort.pk,
        method=method,
        reference=reference,
        amount=amount,
        currency=currency,
    )
    _give_place(order, by=by)
    return order


@transaction.atomic
def place_order(order: Order, *, cohort: Cohort, by: User) -> Order:
    """Give somebody who has paid and waits a place, in the cohort she bought or another one of the same program."""
    order = lock_order(order)
    if not may_act_on(by, order.person):
        raise Refusal(NOT_FOR_YOU)
    if order.state != OrderState.WAITING:
        raise IllegalMove("Only an order that is paid and waits for a place can be given one.")
    if cohort.program_id != order.cohort.program_id:
        raise Refusal("This cohort belongs to another program.")
    _give_place(order, by=by, cohort=cohort)
    return order


def _give_place(order: Order, *, by: User, cohort: Cohort | None = None) -> None:
    enrolment = place(order, cohort=cohort)
    move_order(order, OrderState.PAID, by=by, reason=f"Placed in {enrolment.cohort}.")
    tell(
        order,
        "paid",
        "Your payment has arrived",
        f"We have received {cost(order)} for your place in {enrolment.program}, {enrolment.cohort}. "
        f"Your receipt has the number {order}.",
        button="Open your receipt",
    )


@transaction.atomic
def request_refund(order: Order, *, by: User, reason: str) -> Order:
    """Pay everything back that has not gone back yet. Stripe's word closes the order; one paid by hand closes at once."""
    order = lock_order(order)
    if not may_act_on(by, order.person):
        raise Refusal(NOT_FOR_YOU)
    if order.state not in REFUNDABLE_STATES:
        raise IllegalMove(f"An order that is “{order.get_state_display()}” cannot be refunded here.")
    if order.refund_requested_at and not _last_refund_failed(order):
        raise Refusal("A refund of this order is on its way already.")
    order.refund_reason, order.refund_requested_by, order.refund_requested_at = reason.strip(), by, timezone.now()
    order.refund_tries += 1
    order.save(update_fields=["refund_reason", "refund_requested_by", "refund_requested_at", "refund_tries"])
    record(
        "payments.refund.requested", by=by, about=order, amount=order.amount - order.refunded, currency=order.currency
    )
    if order.is_by_stripe:
        _send_later(order)
    else:
        order.refunded = order.amount
        order.save(update_fields=["refunded"])
        close_refunded(order, by=by, reason="Paid back by hand.")
    return order


def _last_refund_failed(order: Order) -> bool:
    return order.flags.filter(kind=FlagKind.REFUND_FAILED, raised_at__gte=order.refund_requested_at).exists()


def _send_later(order: Order) -> None:
    from courses.payments.tasks import send_refund  # late: tasks import these actions

    send_refund.enqueue(order.pk)


def send_refund_to_stripe(order_id: int) -> str:
    """Ask Stripe for the refund, outside of any transaction. A refusal of Stripe's is put before a person; other trouble
    raises, to be tried again under the same key."""
    order = Order.objects.get(pk=order_id)
    intent = order.intents.order_by("pk").first()
    if order.state == OrderState.REFUNDED or intent is None:
        return ""
    try:
        return gateway.create_refund(order, intent.intent_id).id
    except stripe.InvalidRequestError as error:
        with transaction.atomic():
            text = f"Stripe refuses the refund: {error.user_message or error.code or 'no reason given'}"
            raise_flag(lock_order(order), FlagKind.REFUND_FAILED, text, subject=f"try {order.refund_tries}")
        return ""


@transaction.atomic
def settle_flag(flag: Flag, *, by: User, note: str) -> Flag:
    """A person has looked at it, and says what was done."""
    flag = Flag.objects.select_for_update(of=("self",)).select_related("order__person").get(pk=flag.pk)
    if not may_act_on(by, flag.order.person):
        raise Refusal(NOT_FOR_YOU)
    if flag.settled_at:
        raise Refusal("Somebody has settled this already.")
    flag.settled_at, flag.settled_by, flag.note = timezone.now(), by, note
    flag.save(update_fields=["settled_at", "settled_by", "note"])
    record("payments.flag.settled", by=by, about=flag, order=flag.order_id, kind=flag.kind)
    return flag
