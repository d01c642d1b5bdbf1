"""The sessions of trainees in a span of time, for the rule that everybody is at one place only."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from lms.web.templatetags.ui import day
from supervision.models import SessionAttendance
from supervision.sessions.enums import PRESENT, TAKING_PLACE


def sessions_between(
    people: Collection[int], begin: datetime, end: datetime
) -> dict[int, list[tuple[datetime, datetime, str]]]:
    """By trainee, the sessions that reach into this span, with their words. One query."""
    rows = SessionAttendance.objects.filter(trainee__in=people, state__in=PRESENT, session__state__in=TAKING_PLACE)
    rows = rows.filter(session__began_at__lt=end, session__ended_at__gt=begin)
    columns = ("trainee", "session__began_at", "session__ended_at", "session__on", "session__starts_at")
    found = defaultdict(list)
    for trainee, began, ended, on, at in rows.order_by("session__began_at", "session_id").values_list(*columns):
        found[trainee].append((began, ended, f"a session on {day(on)}, {at:%H:%M}"))
    return found
