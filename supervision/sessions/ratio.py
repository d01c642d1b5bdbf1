"""The weekly ratio of supervision to direct practice. Pure: days, minutes, and no clock.

A week runs from Monday to Sunday by the trainee's own days. Practice in a week makes supervision due: so many minutes for
so many, rounded up to the whole minute. Supervision pays what has been due the longest; what is left over pays nothing
later. What is still due when its week is over may be made up in the weeks after it, as many as the standard says; then
the week has failed.

A week in which the supervisor cancelled a session costs the trainee nothing: it is not one of those weeks. What was due
in it cannot fail with it, and whatever is being made up then has a week longer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models

WEEK = timedelta(days=7)


class WeekState(models.TextChoices):
    KEPT = "kept", "Kept"
    OPEN = "open", "This week"
    MAKE_UP = "make_up", "To be made up"
    FAILED = "failed", "Failed"


@dataclass(frozen=True)
class Ratio:
    """`supervision` minutes for every `practice` minutes of direct contact; `make_up_weeks` after a week to catch up."""

    supervision: int
    practice: int
    make_up_weeks: int = 0
    failed_most: int = 0

    def due_for(self, practised: int) -> int:
        """The whole minutes that so much practice makes due: a started minute is a minute."""
        return -(-practised * self.supervision // self.practice)


@dataclass(frozen=True)
class Week:
    """What happened in one week: minutes practised, minutes supervised, and whether the supervisor cancelled a session."""

    monday: date
    practised: int = 0
    supervised: int = 0
    is_cancelled: bool = False


@dataclass
class JudgedWeek:
    """A week in which something was due. `last_day` is the Sunday until which the rest can be made up, if nothing more
    is cancelled; None once it is kept or has failed."""

    monday: date
    practised: int
    due: int
    paid: int = 0
    state: WeekState = WeekState.OPEN
    is_cancelled: bool = False
    last_day: date | None = None
    paid_on: date | None = None
    weeks_left: int = field(default=0, repr=False)

    @property
    def left(self) -> int:
        return self.due - self.paid

    @property
    def was_made_up(self) -> bool:
        return self.state == WeekState.KEPT and self.paid_on is not None and self.paid_on > self.monday


def week_of(day: date) -> date:
    """The Monday of the week that holds this day."""
    return day - timedelta(days=day.weekday())


def local_day(moment: datetime, time_zone: str) -> date:
    return moment.astimezone(ZoneInfo(time_zone)).date()


def judge_weeks(weeks: Iterable[Week], ratio: Ratio, *, today: date) -> list[JudgedWeek]:
    """Every week in which supervision was due, up to the one that holds `today`, in order."""
    judged: list[JudgedWeek] = []
    for week in _every_week(weeks, until=week_of(today)):
        if due := ratio.due_for(week.practised):
            judged.append(
                JudgedWeek(
                    week.monday,
                    week.practised,
                    due,
                    is_cancelled=week.is_cancelled,
                    weeks_left=ratio.make_up_weeks,
                )
            )
        _pay(judged, week)
        if week.monday + WEEK <= today:
            _end(judged, week)
    for one in _still_due(judged):
        one.last_day = week_of(today) + one.weeks_left * WEEK + timedelta(days=6)
    return judged


def due_until(judged: Iterable[JudgedWeek], day: date) -> int:
    """The minutes that are missing of whatever cannot wait longer than this day."""
    return sum(one.left for one in judged if one.last_day is not None and one.last_day <= day)


def _every_week(weeks: Iterable[Week], *, until: date) -> Iterator[Week]:
    """One week after the other without a gap, each Monday once; nothing after `until`."""
    found: dict[date, Week] = {}
    for week in weeks:
        same = found.get(week.monday, Week(week.monday))
        found[week.monday] = Week(
            week.monday,
            same.practised + week.practised,
            same.supervised + week.supervised,
            same.is_cancelled or week.is_cancelled,
        )
    monday = min(found, default=until)
    while monday <= until:
        yield found.get(monday, Week(monday))
        monday += WEEK


def _pay(judged: list[JudgedWeek], week: Week) -> None:
    """What has been due the longest first."""
    minutes = week.supervised
    for one in _still_due(judged):
        paid = min(minutes, one.left)
        one.paid, minutes = one.paid + paid, minutes - paid
        if paid:
            one.paid_on = week.monday
        if not one.left:
            one.state = WeekState.KEPT


def _end(judged: list[JudgedWeek], week: Week) -> None:
    """The week is over: what has no week left has failed, unless the supervisor cancelled in it."""
    for one in _still_due(judged):
        one.state = WeekState.MAKE_UP
        if week.is_cancelled:
            continue
        if not one.weeks_left:
            one.state = WeekState.FAILED
        one.weeks_left -= 1


def _still_due(judged: list[JudgedWeek]) -> list[JudgedWeek]:
    return [one for one in judged if one.state in (WeekState.OPEN, WeekState.MAKE_UP)]
