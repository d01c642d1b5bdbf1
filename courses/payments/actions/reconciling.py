"""The nightly question to Stripe: what would a lost webhook have said?"""

import logging
from collections.abc import Iterator

import stripe

from courses.payments import gateway
from courses.payments.actions.buying import lapse_order
from courses.payments.actions.settling import receive_event
from courses.payments.models import Order
from courses.payments.queries import orders_never_opened, orders_to_ask_about

logger = logging.getLogger(__name__)


class OrdersNotAsked(Exception):
    """Stripe did not answer for some orders; they are asked about again next night."""


def reconcile_orders() -> int:
    """Apply what Stripe knows of open and paid orders. Returns how many new things were learned. Safe to repeat.

    One order that cannot be asked about does not keep the others; raises `OrdersNotAsked` at the end.
    """
    for order in orders_never_opened():
        lapse_order(order)
    if not gateway.is_open():
        return 0
    learned, failed = 0, []
    for order in orders_to_ask_about():
        try:
            learned += ask_about(order)
        except stripe.StripeError as error:
            failed.append(order.pk)
            logger.warning("order not asked about", extra={"order": order.pk, "error": type(error).__name__})
    if failed:
        raise OrdersNotAsked(f"Stripe did not answer for {len(failed)} orders: ids {failed[:20]}")
    return learned


def ask_about(order: Order) -> int:
    """Ask Stripe about one order, and take what it says as events. Returns how many of them changed something."""
    before = _state(order)
    for event in _as_events(*gateway.what_stripe_knows(order.session_id)):
        receive_event(event, is_asked=True)
    order.refresh_from_db()
    return int(_state(order) != before)


def _state(order: Order) -> tuple:
    return order.state, order.refunded, order.chargebacks.count(), order.flags.count()


def _as_events(session: dict, charge: dict | None, disputes: list[dict]) -> Iterator[dict]:
    """What the webhooks would have said. The ids are made of the facts, so that the same fact is stored once."""
    if session.get("payment_status") == "paid":
        yield _event("checkout.session.completed", session, at=charge["created"] if charge else session["created"])
    elif session.get("status") == "expired":
        yield _event("checkout.session.expired", session, at=session["expires_at"])
    if charge and charge.get("amount_refunded"):
        yield _event("charge.refunded", charge, charge["amount_refunded"], at=charge["created"])
    for dispute in disputes:
        yield _event("charge.dispute.updated", dispute, dispute["status"], at=dispute["created"])


def _event(kind: str, thing: dict, *facts: object, at: int) -> dict:
    name = ":".join(str(part) for part in ("asked", kind, thing["id"], *facts))
    return {"id": name, "type": kind, "created": at, "data": {"object": thing}}
