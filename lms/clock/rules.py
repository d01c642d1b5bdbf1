"""The one deadline clock: due dates are computed here and nowhere else, from the rule plus dated adjustments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Shift:
    """`days` more for whatever would fall due on or after `since`. Two shifts add up."""

    since: date
    days: int


def due_date(start: date, days: int, shifts: Iterable[Shift] = ()) -> date:
    """The local day on which something is due: `days` after `start`, moved by every shift that began by then.

    A shift counts when it began on or before the day that is due so far, in order of its beginning; a leave that
    begins after the deadline has passed does not reopen it.
    """
    due = start + timedelta(days=days)
    for shift in sorted(shifts, key=lambda shift: (shift.since, shift.days)):
        if shift.since <= due:
            due += timedelta(days=shift.days)
    return due


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last instant of a local day: deadlines end with the day in the program's zone, also over a clock change."""
    tomorrow = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    # In UTC, not on the wall clock: where clocks go back at midnight, as in Cairo, the last hour of the day comes twice.
    return (tomorrow.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)
