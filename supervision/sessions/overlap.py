"""The sessions of a trainee at a time, for the rule that she is at one place only."""

from datetime import datetime

from lms.web.templatetags.ui import day
from supervision.models import SupervisionSession
from supervision.sessions.enums import PRESENT, TAKING_PLACE


def sessions_at(person: int, began_at: datetime, ended_at: datetime) -> list[tuple[datetime, datetime, str]]:
    """The sessions of a trainee that overlap this time, for the rule about her visits."""
    rows = SupervisionSession.objects.filter(began_at__lt=ended_at, ended_at__gt=began_at, state__in=TAKING_PLACE)
    rows = rows.filter(attendances__trainee=person, attendances__state__in=PRESENT).order_by("began_at", "id")
    found = rows.values_list("began_at", "ended_at", "on", "starts_at")
    return [(began, ended, f"a session on {day(on)}, {at:%H:%M}") for began, ended, on, at in found]
