"""More time for an open attempt: given back by staff, owed for an outage, or taken as a break. Each is a row and a move.

The attempt is locked by whoever calls the private ones.
"""

from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from assessments.enums import LONGEST_REASON, EventKind, TimeCause
from assessments.events.actions import note_event
from assessments.models import Attempt, AttemptMove, TimeGiven
from assessments.queries import attempts_cut_by, break_left_of
from assessments.rules import length_in_words
from lms.accounts.models import User
from lms.notices.actions import notify
from lms.uptime.models import Outage
from lms.uptime.queries import outages_between

LOOK_BACK = timedelta(days=2)


def add_time(
    attempt: Attempt,
    seconds: int,
    *,
    cause: TimeCause,
    by: User | None,
    at: datetime,
    reason: str = "",
    outage: Outage | None = None,
) -> TimeGiven:
    """Move the deadline of a locked, open attempt; the row comes first, or the database refuses."""
    given = TimeGiven.objects.create(
        attempt=attempt,
        cause=cause,
        seconds=seconds,
        old_deadline=attempt.deadline,
        new_deadline=attempt.deadline + timedelta(seconds=seconds),
        reason=reason,
        outage=outage,
        by=by,
        at=at,
    )
    attempt.deadline = given.new_deadline
    attempt.save(update_fields=["deadline"])
    why = f"{length_in_words(seconds)} more: {reason or TimeCause(cause).label.lower()}"[:LONGEST_REASON]
    AttemptMove.objects.create(attempt=attempt, old=attempt.state, new=attempt.state, by=by, at=at, why=why)
    if cause != TimeCause.BREAK:
        note_event(attempt, EventKind.TIME_GIVEN, at=at, detail=str(seconds))
        _tell(attempt, given)
    return given


def give_outages(attempt: Attempt, *, at: datetime) -> Attempt:
    """Give a locked, open attempt the time in which the site did not answer: the whole gap, once for each outage.

    What was left of her time when the site fell silent is left when it answers again. A gap that began after the
    deadline took nothing from her.
    """
    if attempt.deadline is None:
        return attempt
    given = set(attempt.time_given.exclude(outage=None).values_list("outage", flat=True))
    for outage in outages_between(attempt.started_at, at):
        if outage.pk not in given and outage.began_at < attempt.deadline:
            lost = outage.ended_at - max(outage.began_at, attempt.started_at)
            add_time(attempt, ceil(lost.total_seconds()), cause=TimeCause.OUTAGE, by=None, at=at, outage=outage)
    return attempt


def give_back_outages(*, at: datetime | None = None) -> int:
    """Each minute: what the outages of the last two days took from attempts that are open. Returns how many attempts."""
    at = at or timezone.now()
    found = {pk for outage in outages_between(at - LOOK_BACK, at) for pk in attempts_cut_by(outage)}
    for pk in sorted(found):
        with transaction.atomic():
            attempt = (
                Attempt.objects.select_for_update(of=("self",)).select_related("item", "enrolment__person").get(pk=pk)
            )
            if attempt.is_open:
                give_outages(attempt, at=at)
    return len(found)


def begin_break(attempt: Attempt, *, at: datetime) -> Attempt:
    """The clock of a locked attempt stands still from now on, for as long as any break is left."""
    left = break_left_of(attempt)
    if not attempt.is_on_break and left > 0 and attempt.deadline is not None:
        attempt.break_began_at, attempt.break_ends_at = at, at + timedelta(seconds=left)
        attempt.save(update_fields=["break_began_at", "break_ends_at"])
        note_event(attempt, EventKind.BREAK_BEGAN, at=at)
    return attempt


def stop_break(attempt: Attempt, *, at: datetime, by: User | None) -> Attempt:
    """The clock of a locked attempt goes on; the break is added to its time, and nothing beyond what was left of it."""
    if not attempt.is_on_break:
        return attempt
    taken = min(at, attempt.break_ends_at) - attempt.break_began_at
    seconds = min(ceil(taken.total_seconds()), break_left_of(attempt))
    attempt.break_began_at = attempt.break_ends_at = None
    attempt.save(update_fields=["break_began_at", "break_ends_at"])
    note_event(attempt, EventKind.BREAK_ENDED, at=at)
    if seconds > 0:
        add_time(attempt, seconds, cause=TimeCause.BREAK, by=by, at=at)
    return attempt


def _tell(attempt: Attempt, given: TimeGiven) -> None:
    """Her time, in her own zone: she may be reading it in a mail."""
    person = attempt.enrolment.person
    until = format_date(timezone.localtime(given.new_deadline, ZoneInfo(person.time_zone)), "j M Y, H:i")
    because = (
        "The site did not answer for a while"
        if given.cause == TimeCause.OUTAGE
        else f"Your faculty says: {given.reason}"
    )
    notify(
        person,
        key=f"time-given-{given.pk}",
        subject="You have more time for your quiz",
        text=f"{because}. You have {length_in_words(given.seconds)} more for {attempt.item.title}: it is open until {until}, your time.",
        path=reverse("quiz_attempt", args=[attempt.pk]),
        button="Go on with it",
    )
