"""What Stripe's signed events do to an order. The browser's word is never asked.

An order's state is a function of the set of events about it: each event is stored once, then the whole set is read and
the order brought to where the set says, always by the same way: paid, disputed, decided, refunded.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.enrolment.actions import enrol, move_enrolment, release_seat
from courses.enrolment.enums import OPEN_STATES, EnrolmentState
from courses.enrolment.models import Cohort, Enrolment
from courses.payments import gateway
from courses.payments.actions.moves import cost, lock_order, move_order, raise_flag, tell
from courses.payments.enums import UNPAID_STATES, FlagKind, OrderState, Outcome
from courses.payments.models import Chargeback, Flag, Order, PaymentIntent, StripeEvent
from courses.payments.queries import told_of
from courses.payments.rules import Account, account_of
from lms.errors import Refusal

# What is kept of the object an event is about: no card, no address, no name.
KEPT = (
    *("id", "object", "status", "payment_status", "client_reference_id", "payment_intent", "amount_total", "amount"),
    *("amount_refunded", "currency", "reason", "created", "charge", "livemode"),
)
OUTCOME_WORDS = {
    Outcome.OPEN: "Your bank has asked for the payment of {cost} back. The institute will answer it; you need do nothing.",
    Outcome.WON: "The bank has decided: your payment of {cost} stands.",
    Outcome.LOST: "The bank has taken the payment of {cost} back.",
}


@transaction.atomic
def receive_event(event: dict, *, is_asked: bool = False) -> StripeEvent:
    """Store an event once and bring its order to where all events together say. Safe to repeat, in any order.

    `event` is Stripe's JSON. Locks the payment intent, then the order: two deliveries at once wait for each other.
    """
    thing = event["data"]["object"]
    told = {name: thing[name] for name in KEPT if name in thing}
    intent = _intent(told)
    order = _order_named_by(told)
    stored, is_new = StripeEvent.objects.get_or_create(
        event_id=event["id"],
        defaults={
            "type": event["type"][:100],
            "at": gateway.moment(event["created"]),
            "order": order,
            "intent": intent,
            "told": told,
            "is_asked": is_asked,
        },
    )
    if not is_new:
        return stored
    if intent and order and intent.order_id is None:
        intent.order = order
        intent.save(update_fields=["order"])
    if known := order or (intent and intent.order):
        settle(known)
    return stored


def _intent(told: dict) -> PaymentIntent | None:
    """The payment this event is about, locked. A new row makes a second event about it wait for the first."""
    intent_id = told.get("payment_intent")
    if isinstance(intent_id, dict):
        intent_id = told["payment_intent"] = intent_id["id"]
    if not intent_id:
        return None
    PaymentIntent.objects.get_or_create(intent_id=intent_id)
    return PaymentIntent.objects.select_for_update().get(intent_id=intent_id)


def _order_named_by(told: dict) -> Order | None:
    """Only a checkout names an order; its key is ours. A key that is none of ours belongs to another till."""
    if told.get("object") != "checkout.session":
        return None
    return Order.objects.filter(session_id=told["id"]).first() or _by_key(told.get("client_reference_id"))


def _by_key(key: object) -> Order | None:
    try:
        return Order.objects.filter(key=uuid.UUID(str(key))).first()
    except ValueError:
        return None


@transaction.atomic
def settle(order: Order) -> Order:
    """Bring an order to where its events say. Nothing happens when it is there already."""
    order = lock_order(order)
    account = account_of(told_of(order), key=str(order.key), amount=order.amount, currency=order.currency)
    for event_id, sentence in account.mismatches.items():
        raise_flag(order, FlagKind.MISMATCH, sentence, subject=event_id)
    for refund_id in sorted(account.failed_refunds):
        raise_flag(
            order,
            FlagKind.REFUND_FAILED,
            "A refund did not reach the payer. Pay it back another way.",
            subject=refund_id,
        )
    if account.paid_at is None:
        if account.is_expired and order.state == OrderState.OPEN:
            move_order(order, OrderState.LAPSED, by=None, reason="The checkout was not paid in time.")
            release_seat(order.person, order.cohort)
        return order
    if order.state in UNPAID_STATES:
        _pay(order, account.paid_at)
    _note_chargebacks(order, account)
    _note_refunds(order, account)
    return order


def _pay(order: Order, paid_at: datetime) -> None:
    order.paid_at = paid_at
    order.save(update_fields=["paid_at"])
    try:
        place(order)
    except Refusal as refusal:
        wait_for_place(order, refusal.message)
    else:
        move_order(order, OrderState.PAID, by=None, reason="Stripe: paid.")
        tell(
            order,
            "paid",
            "Your payment has arrived",
            f"We have received {cost(order)} for your place in {order.cohort.program}, {order.cohort}. "
            f"Your receipt has the number {order}.",
            button="Open your receipt",
        )


def place(order: Order, *, cohort: Cohort | None = None) -> Enrolment:
    """Enrol the payer herself in the cohort she paid for, or in another one. Raises `Refusal` when there is no seat."""
    with transaction.atomic():
        cohort = cohort or order.cohort
        order.enrolment = enrol(order.person, cohort=cohort, by=None, track=order.track, discipline=order.discipline)
        order.save(update_fields=["enrolment"])
    return order.enrolment


def wait_for_place(order: Order, because: str) -> None:
    """Paid, but no place: never oversold. Directors find it in their work list."""
    order.waiting_because = because[:300]
    order.save(update_fields=["waiting_because"])
    move_order(order, OrderState.WAITING, by=None, reason=because)
    tell(
        order,
        "waiting",
        "Your payment has arrived",
        f"We have received {cost(order)}, but your place in {order.cohort.program}, {order.cohort}, was no longer free when it "
        "came. Nothing is lost: a program director will offer you another place or pay everything back, and write to you.",
    )


def _note_chargebacks(order: Order, account: Account) -> None:
    for dispute_id, outcome in account.disputes.items():
        chargeback, _ = Chargeback.objects.get_or_create(dispute_id=dispute_id, defaults={"order": order})
        _open_chargeback(order, chargeback)
        if outcome != chargeback.outcome:
            chargeback.outcome = outcome
            chargeback.save(update_fields=["outcome"])
            _close_chargeback(order, chargeback)


def _open_chargeback(order: Order, chargeback: Chargeback) -> None:
    """Once: flag it, pause the enrolment, tell the person."""
    if Flag.objects.filter(order=order, kind=FlagKind.CHARGEBACK, subject=chargeback.dispute_id).exists():
        return
    raise_flag(
        order,
        FlagKind.CHARGEBACK,
        "The payer’s bank asks for the money back. Answer it in Stripe’s dashboard; the enrolment is paused until it is decided.",
        subject=chargeback.dispute_id,
    )
    tell(
        order,
        f"{chargeback.dispute_id}-open",
        "About your payment",
        OUTCOME_WORDS[Outcome.OPEN].format(cost=cost(order)),
    )
    if order.state in (OrderState.PAID, OrderState.WAITING):
        move_order(order, OrderState.DISPUTED, by=None, reason="Stripe: a chargeback was opened.")
        _pause(order)


def _close_chargeback(order: Order, chargeback: Chargeback) -> None:
    flag = Flag.objects.get(order=order, kind=FlagKind.CHARGEBACK, subject=chargeback.dispute_id)
    if flag.settled_at is None:
        flag.settled_at, flag.note = timezone.now(), f"Decided by the bank: {chargeback.get_outcome_display()}"
        flag.save(update_fields=["settled_at", "note"])
    words = OUTCOME_WORDS[chargeback.outcome].format(cost=cost(order))
    tell(order, f"{chargeback.dispute_id}-closed", "About your payment", words)
    if order.state == OrderState.DISPUTED and not order.chargebacks.exclude(outcome=Outcome.WON).exists():
        move_order(
            order,
            OrderState.PAID if order.enrolment_id else OrderState.WAITING,
            by=None,
            reason="Stripe: chargeback won.",
        )
        _resume(order)


def _pause(order: Order) -> None:
    enrolment = _enrolment_now(order)
    if enrolment is None:
        return
    if enrolment.state == EnrolmentState.ACTIVE:
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=None, reason=f"Chargeback of order {order}")
        order.paused_enrolment = True
        order.save(update_fields=["paused_enrolment"])
    elif enrolment.state == EnrolmentState.COMPLETED:
        _flag_completed(order)


def _resume(order: Order) -> None:
    """Only what this order's chargeback has paused; a leave goes on."""
    enrolment = _enrolment_now(order)
    if order.paused_enrolment and enrolment and enrolment.state == EnrolmentState.PAUSED:
        move_enrolment(enrolment, EnrolmentState.ACTIVE, by=None, reason=f"Chargeback of order {order} won")
    order.paused_enrolment = False
    order.save(update_fields=["paused_enrolment"])


def _note_refunds(order: Order, account: Account) -> None:
    if account.refunded > order.refunded:
        order.refunded = account.refunded
        order.save(update_fields=["refunded"])
    if order.state != OrderState.REFUNDED and (order.refunded == order.amount or account.is_lost):
        why = "Stripe: chargeback lost." if account.is_lost else "Stripe: refunded in full."
        close_refunded(order, by=None, reason=why)


def close_refunded(order: Order, *, by, reason: str) -> None:
    """The money is back: the enrolment ends, the seat is free, the person is told. A certificate is never touched."""
    move_order(order, OrderState.REFUNDED, by=by, reason=reason)
    enrolment = _enrolment_now(order)
    if enrolment and enrolment.state in OPEN_STATES:
        move_enrolment(enrolment, EnrolmentState.WITHDRAWN, by=None, reason=f"Order {order} was refunded")
    elif enrolment and enrolment.state == EnrolmentState.COMPLETED:
        _flag_completed(order)
    if order.refunded == order.amount:
        tell(
            order,
            "refunded",
            "Your payment is on its way back",
            f"We have paid {cost(order)} back for {order.cohort.program}, {order.cohort}. It can take your bank some days to show it. "
            "Your own log, standing and records stay open to you.",
        )


def _flag_completed(order: Order) -> None:
    raise_flag(
        order,
        FlagKind.COMPLETED,
        "The payment went back after the program was completed. Nothing was changed: decide what follows, certificate included.",
    )


def _enrolment_now(order: Order) -> Enrolment | None:
    """The enrolment as it is now: a director may have changed it since the order was read."""
    return Enrolment.objects.filter(pk=order.enrolment_id).first()
