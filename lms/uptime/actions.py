"""Signs of life, and the outages that are known from their absence."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.uptime.models import Heartbeat, Outage
from lms.uptime.rules import BEAT_EVERY, OUTAGE_AFTER, is_due, is_outage

ONLY = 1


def beat(*, at: datetime | None = None) -> Outage | None:
    """Write that the site is there; the outage that ends with it, if there was one. One statement, as a rule."""
    at = at or timezone.now()
    usual = Heartbeat.objects.filter(pk=ONLY, at__lte=at - BEAT_EVERY / 2, at__gte=at - OUTAGE_AFTER)
    return None if usual.update(at=at) else _beat_after_a_while(at)


def note_outage(*, at: datetime | None = None) -> Outage | None:
    """For whoever answers a request: where the site has been silent, the outage that ends now. Never a first sign of life."""
    at = at or timezone.now()
    last = Heartbeat.objects.values_list("at", flat=True).first()
    return _beat_after_a_while(at) if last is not None and is_outage(last, at) else None


@transaction.atomic
def _beat_after_a_while(at: datetime) -> Outage | None:
    row, is_first = Heartbeat.objects.select_for_update().get_or_create(pk=ONLY, defaults={"at": at})
    if is_first or not is_due(row.at, at):
        return None
    last, row.at = row.at, at
    row.save(update_fields=["at"])
    return Outage.objects.create(began_at=last, ended_at=at) if is_outage(last, at) else None
