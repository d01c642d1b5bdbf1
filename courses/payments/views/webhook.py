"""Stripe's signed word: the only source of "paid"."""

import json
import logging

import stripe
from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from courses.payments import gateway
from courses.payments.actions.settling import receive_event

logger = logging.getLogger(__name__)

KINDS = ("checkout.session.", "charge.", "refund.")  # whatever else Stripe tells is answered and forgotten


@csrf_exempt
@require_POST
def stripe_webhook(request):
    """200 when the event is kept; 400 unsigned, altered, stale or of the other mode; 503 while no secret is set."""
    if not settings.STRIPE_WEBHOOK_SECRET:
        return _answer(503, "no webhook secret is set")
    try:
        gateway.verified(request.body, request.headers.get("Stripe-Signature", ""))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return _answer(400, "the signature is missing, wrong or too old")
    event = _event(request.body)
    if event is None:
        return _answer(400, "this is no event")
    if event["livemode"] is not gateway.is_live():
        return _answer(400, "this event is of the other mode, live or test")
    if event["type"].startswith(KINDS):
        receive_event(event)
    return _answer(200, "received")


def _event(body: bytes) -> dict | None:
    """The event in a signed body, or None when it has not an event's shape."""
    try:
        event = json.loads(body)
        shape = (event["id"], event["type"], event["created"], event["livemode"], event["data"]["object"])
    except (ValueError, KeyError, TypeError):
        return None
    is_event = all(isinstance(value, kind) for value, kind in zip(shape, (str, str, int, bool, dict), strict=True))
    return event if is_event and len(event["id"]) <= 255 else None


def _answer(status: int, words: str) -> HttpResponse:
    if status != 200:
        logger.warning("webhook refused", extra={"status": status, "why": words})
    return HttpResponse(words + "\n", content_type="text/plain", status=status)
