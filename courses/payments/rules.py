"""What a set of Stripe's events says of an order, and other plain arithmetic of money. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from courses.payments.enums import MOVES, OrderState, Outcome

PAID_TYPES = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
EXPIRED_TYPES = ("checkout.session.expired", "checkout.session.async_payment_failed")
LAST_PLACES = 3
DISPUTE_OPEN = ("needs_response", "under_review")
DEFAULT_TERMS = (
    "You can cancel until the first day of the cohort and get the whole fee back. "
    "After that, write to us: we look at each case."
)


@dataclass(frozen=True)
class Told:
    """One event in plain values: its id and type, when it happened, and the object it is about."""

    id: str
    type: str
    at: datetime
    object: dict


@dataclass(frozen=True)
class Account:
    """What the events together say. It does not depend on their order, nor on how often each of them came."""

    paid_at: datetime | None
    is_expired: bool
    refunded: int
    disputes: dict[str, Outcome]
    mismatches: dict[str, str]
    failed_refunds: frozenset[str]

    @property
    def is_lost(self) -> bool:
        return Outcome.LOST in self.disputes.values()


def account_of(events: Iterable[Told], *, key: str, amount: int, currency: str) -> Account:
    """Fold a set of events. Only a payment of exactly this amount, in this currency, for this key counts as paid."""
    events = sorted({event.id: event for event in events}.values(), key=lambda event: event.id)
    payments = [event for event in events if _is_payment(event)]
    wrong = {event.id: _mismatch(event, key, amount, currency) for event in payments}
    return Account(
        paid_at=min((event.at for event in payments if not wrong[event.id]), default=None),
        is_expired=any(event.type in EXPIRED_TYPES for event in events),
        refunded=min(amount, _refunded(events)),
        disputes=_disputes(events),
        mismatches={pk: sentence for pk, sentence in wrong.items() if sentence},
        failed_refunds=frozenset(
            event.object["id"] for event in _about(events, "refund") if event.object.get("status") == "failed"
        ),
    )


def _is_payment(event: Told) -> bool:
    return event.type in PAID_TYPES and event.object.get("payment_status") == "paid"


def _mismatch(event: Told, key: str, amount: int, currency: str) -> str:
    """Why a payment is not this order's, or ""."""
    told_amount, told_currency = event.object.get("amount_total"), str(event.object.get("currency", "")).lower()
    if event.object.get("client_reference_id") != key:
        return "The payment names another order."
    if type(told_amount) is not int or (told_amount, told_currency) != (amount, currency):
        told = money(told_amount, told_currency) if type(told_amount) is int else "no amount"
        return f"Stripe reports {told}; the order is for {money(amount, currency)}."
    return ""


def _about(events: Iterable[Told], kind: str) -> list[Told]:
    return [event for event in events if event.object.get("object") == kind]


def _refunded(events: list[Told]) -> int:
    """The most that was ever reported: a charge tells its total, a refund its own amount. A failed one is flagged."""
    by_charge = max((int(event.object.get("amount_refunded") or 0) for event in _about(events, "charge")), default=0)
    succeeded = {
        event.object["id"]: int(event.object.get("amount") or 0)
        for event in _about(events, "refund")
        if event.object.get("status") == "succeeded"
    }
    return max(by_charge, sum(succeeded.values()))


def _disputes(events: list[Told]) -> dict[str, Outcome]:
    """The outcome of each chargeback. An inquiry (`warning_…`) takes no money and is none."""
    told: dict[str, set[str]] = {}
    for event in _about(events, "dispute"):
        told.setdefault(event.object["id"], set()).add(event.object.get("status", ""))
    return {pk: outcome for pk, statuses in sorted(told.items()) if (outcome := _outcome(statuses))}


def _outcome(statuses: set[str]) -> Outcome | None:
    if "lost" in statuses:
        return Outcome.LOST
    if "won" in statuses:
        return Outcome.WON
    return Outcome.OPEN if statuses & set(DISPUTE_OPEN) else None


def may_move(old: str, new: str) -> bool:
    return new in MOVES[OrderState(old)]


def money(amount: int, currency: str) -> str:
    """240000, "usd" -> "USD 2,400.00"."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}{currency.upper()} {whole:,}.{cents:02d}"


def seats_left_in_words(left: int) -> str:
    if left <= 0:
        return "full"
    return "1 seat left" if left == 1 else f"{left} seats left"


def room_in_words(left: int) -> tuple[str, str]:
    """Whether a cohort has room, with the kind of state. Strangers need no count of who has come."""
    if left <= 0:
        return "Full", "neutral"
    return ("Last places", "waiting") if left <= LAST_PLACES else ("Open", "met")
