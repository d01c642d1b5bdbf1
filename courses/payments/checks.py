"""What can be wrong with selling places."""

from django.conf import settings
from django.core.checks import Error, Warning
from django.db import DatabaseError

from courses.payments.models import CohortPrice


def webhook_secret(app_configs, **kwargs):
    if settings.STRIPE_SECRET_KEY and not settings.STRIPE_WEBHOOK_SECRET:
        return [
            Error(
                "STRIPE_SECRET_KEY is set without STRIPE_WEBHOOK_SECRET.",
                hint="Without it no payment is ever believed: set the signing secret of the webhook endpoint.",
                id="plumbline.E401",
            )
        ]
    return []


def prices_can_be_paid(app_configs, databases=None, **kwargs):
    try:
        is_priced = bool(databases) and CohortPrice.objects.filter(amount__gt=0).exists()
    except DatabaseError:  # before the first migration there is nothing to check
        return []
    if not is_priced or settings.STRIPE_SECRET_KEY:
        return []
    return [
        Warning(
            "Cohorts have prices, but places cannot be bought online.",
            hint="Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or record payments by hand on the desk.",
            id="plumbline.W401",
        )
    ]
