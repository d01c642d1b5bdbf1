"""The demonstration is made in seconds and tells of months: each act takes place at the moment that it tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone


class ClockRefused(Exception):
    """Outside of the demonstration nothing takes place at another time than now."""


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Let the acts inside take place at `moment`, at the latest now. Only for this process, which serves nobody.

    Raises `ClockRefused` unless DEMO is set: what is signed elsewhere has the server's time.
    """
    if not settings.DEMO:
        raise ClockRefused("The clock is set only while the demonstration is made.")
    then, before = min(moment, datetime.now(UTC)), timezone.datetime
    # One level below `timezone.now`, which the defaults of fields have taken hold of.
    timezone.datetime = type("StoppedClock", (datetime,), {"now": staticmethod(lambda tz=None: then.astimezone(tz))})
    try:
        yield then
    finally:
        timezone.datetime = before
