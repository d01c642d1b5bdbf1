"""How long an entry may wait for its reviewer before the queue says so. Pure."""

from datetime import datetime

DAYS_USUAL = 7  # a trainee hears within a week; the program has no setting for it


def days_waiting(since: datetime, now: datetime) -> int:
    """Whole days, never fewer than none."""
    return max((now - since).days, 0)


def is_overdue(since: datetime, now: datetime) -> bool:
    return days_waiting(since, now) > DAYS_USUAL
