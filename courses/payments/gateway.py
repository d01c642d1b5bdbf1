"""Everything we ask of Stripe, in one place. Never called inside a transaction that holds a lock.

Without keys the demonstration talks to our own simulator over real HTTP: the same client, another address.
"""

from datetime import UTC, datetime

import stripe
from django.conf import settings
from django.urls import reverse

from courses.payments.models import Order
from lms.errors import Refusal

SECONDS = 15


def is_open() -> bool:
    """Whether places can be bought online at all."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def is_live() -> bool:
    return settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))


def client() -> stripe.StripeClient:
    if not is_open():
        raise Refusal("Places cannot be bought online at the moment. Please write to us.")
    addresses = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=addresses,
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=SECONDS),
    )


def create_session(order: Order) -> stripe.checkout.Session:
    """The checkout of an order. Its key makes a repeat give the first session back; the amount is our own row's."""
    name = f"{order.cohort.program}, {order.cohort}"
    back = settings.PUBLIC_URL + reverse("order", args=[order.pk])
    metadata = {"order": str(order.key)}
    return client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "payment_method_types": ["card"],
            "client_reference_id": str(order.key),
            "customer_email": order.person.email,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.currency,
                        "unit_amount": order.amount,
                        "product_data": {"name": f"A place in {name}"},
                    },
                }
            ],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            "success_url": f"{back}?back=paid",
            "cancel_url": f"{back}?back=left",
            "expires_at": int(order.expires_at.timestamp()),
        },
        {"idempotency_key": f"order-{order.key}-checkout"},
    )


def expire_session(session_id: str) -> None:
    """Close a checkout that nobody shall pay any more. One that is paid or closed already is left as it is."""
    sessions = client().v1.checkout.sessions
    if sessions.retrieve(session_id).status == "open":
        sessions.expire(session_id)


def create_refund(order: Order, intent_id: str) -> stripe.Refund:
    """Give back what has not gone back yet. Once for each time it was asked for on the desk."""
    return client().v1.refunds.create(
        {
            "payment_intent": intent_id,
            "amount": order.amount - order.refunded,
            "reason": "requested_by_customer",
            "metadata": {"order": str(order.key)},
        },
        {"idempotency_key": f"order-{order.key}-refund-{order.refund_tries}"},
    )


def what_stripe_knows(session_id: str) -> tuple[dict, dict | None, list[dict]]:
    """The checkout, its charge (None while nothing is paid), and the charge's chargebacks, each in Stripe's shape."""
    v1 = client().v1
    session = v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent.latest_charge"]}).to_dict()
    intent = session.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    if not isinstance(charge, dict):
        return session, None, []
    disputes = v1.disputes.list({"payment_intent": intent["id"]}).data if charge.get("disputed") else []
    return session, charge, [dispute.to_dict() for dispute in disputes]


def verified(body: bytes, signature: str) -> None:
    """Raises unless Stripe signed this body with our secret within the last five minutes."""
    if not signature.isascii():  # Stripe's library compares only ASCII, and falls over anything else
        raise stripe.SignatureVerificationError("The signature is not ASCII.", signature)
    stripe.WebhookSignature.verify_header(body, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=300)


def moment(seconds: int) -> datetime:
    """An instant of Stripe's (whole seconds since 1970) as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
