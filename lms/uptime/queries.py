from datetime import datetime

from django.db.models import QuerySet

from lms.uptime.models import Heartbeat, Outage


def last_sign_of_life() -> datetime | None:
    """When the site last answered for certain; None where no site has run yet, as in a test."""
    return Heartbeat.objects.values_list("at", flat=True).first()


def outages_between(since: datetime, until: datetime) -> QuerySet[Outage]:
    """Those that touch this time, the earliest first."""
    return Outage.objects.filter(ended_at__gt=since, began_at__lt=until).order_by("began_at")
