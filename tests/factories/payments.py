"""Prices, orders, and events in the shape in which Stripe sends them."""

import json
import time
from datetime import timedelta

import stripe
from django.conf import settings
from django.test import Client
from django.utils import timezone

from courses.enrolment.actions import hold_seat
from courses.enrolment.models import Cohort
from courses.payments.actions.buying import HOLD
from courses.payments.models import CohortPrice, Order, OrderMove
from lms.accounts.models import User
from tests.factories.enrolment import make_cohort
from tests.factories.numbers import next_number

AMOUNT = 240_000
WEBHOOK = "/payments/webhook/"


def make_sold_cohort(*, amount: int | None = AMOUNT, currency: str = "usd", **fields) -> Cohort:
    """A cohort that begins in a month, and what a place in it costs."""
    cohort = make_cohort(**{"starts_on": timezone.localdate() + timedelta(days=30)} | fields)
    CohortPrice.objects.create(cohort=cohort, amount=amount, currency=currency)
    return cohort


def make_order(person: User, *, cohort: Cohort | None = None, held: bool = True, **fields) -> Order:
    """An open order with its seat held (`held`), whose checkout is open at Stripe."""
    cohort = cohort or make_sold_cohort()
    expires_at = fields.pop("expires_at", timezone.now() + HOLD)
    if held:
        hold_seat(person, cohort=cohort, until=expires_at)
    number = next_number()
    values = {"amount": AMOUNT, "currency": "usd", "session_id": f"cs_test_{number}", "discipline": "Psychologist"}
    values["session_url"] = f"https://checkout.stripe.com/c/pay/cs_test_{number}"
    order = Order.objects.create(person=person, cohort=cohort, expires_at=expires_at, **values | fields)
    OrderMove.objects.create(order=order, old="", new=order.state, by=person)
    return order


class StripesView:
    """What Stripe knows of one order, told as events. Every event has an id of its own and the same clock."""

    def __init__(self, order: Order):
        self.order, self.amount, self.currency = order, order.amount, order.currency
        self.intent, self.charge = f"pi_{order.pk}", f"ch_{order.pk}"
        self.at = int(order.started_at.timestamp()) + 60

    def event(self, kind: str, thing: dict, *, mark: str = "") -> dict:
        name = f"evt_{self.order.pk}_{kind}_{mark}"
        return {
            "id": name,
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self.at,
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
            "data": {"object": thing},
        }

    def session(self, **changed) -> dict:
        return {
            "id": self.order.session_id,
            "object": "checkout.session",
            "client_reference_id": str(self.order.key),
            "amount_total": self.amount,
            "currency": self.currency,
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": self.intent,
            "customer_details": {"email": "payer@example.org", "name": "A. Payer"},
            "metadata": {"order": str(self.order.key)},
            "livemode": False,
        } | changed

    def completed(self, *, mark: str = "", **changed) -> dict:
        return self.event("checkout.session.completed", self.session(**changed), mark=mark)

    def expired(self) -> dict:
        thing = self.session(status="expired", payment_status="unpaid", payment_intent=None)
        return self.event("checkout.session.expired", thing)

    def charge_refunded(self, total: int) -> dict:
        thing = {"id": self.charge, "object": "charge", "amount": self.amount, "payment_intent": self.intent}
        thing |= {"amount_refunded": total, "refunded": total == self.amount, "currency": self.currency}
        return self.event("charge.refunded", thing, mark=str(total))

    def refund(
        self, amount: int, *, name: str = "re_1", status: str = "succeeded", kind: str = "refund.created"
    ) -> dict:
        thing = {"id": f"{name}_{self.order.pk}", "object": "refund", "amount": amount, "status": status}
        thing |= {"payment_intent": self.intent, "charge": self.charge, "currency": self.currency}
        return self.event(kind, thing, mark=f"{name}_{status}")

    def dispute(self, status: str = "needs_response", *, name: str = "du_1") -> dict:
        thing = {"id": f"{name}_{self.order.pk}", "object": "dispute", "amount": self.amount, "status": status}
        thing |= {"payment_intent": self.intent, "charge": self.charge, "currency": self.currency}
        kind = "charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.created"
        return self.event(kind, thing, mark=f"{name}_{status}")


def deliver(event: dict, *, secret: str | None = None, timestamp: int | None = None, client: Client | None = None):
    """Send an event to the webhook, signed as Stripe signs it."""
    payload = json.dumps(event)
    secret = settings.STRIPE_WEBHOOK_SECRET if secret is None else secret
    signature = stripe.WebhookSignature.generate_signature_header(payload, secret, timestamp or int(time.time()))
    headers = {"Stripe-Signature": signature}
    return (client or Client()).post(WEBHOOK, payload, content_type="application/json", headers=headers)
