"""What staff do to attempts: give time back, annul without loss. To one attempt, or to all open ones of a cohort at a quiz."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.attempts import close_if_overdue, locked_attempt
from assessments.actions.time import add_time, stop_break
from assessments.enums import LONGEST_REASON, MOST_MINUTES_GIVEN, MOVES, AttemptState, EventKind, TimeCause
from assessments.events.actions import note_event
from assessments.invigilation.queries import open_attempts_in
from assessments.models import Attempt, AttemptMove, TimeGiven
from assessments.rules import can_act_on_attempts
from courses.enrolment.models import Cohort
from courses.enrolment.queries import may_act_on
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify


@transaction.atomic
def give_time(attempt: Attempt, *, minutes: int, by: User, reason: str, at: datetime | None = None) -> TimeGiven:
    """Move the deadline of an open attempt by so many minutes. She is told, with the reason."""
    at = at or timezone.now()
    attempt = close_if_overdue(_to_act_on(attempt, by), at=at)
    if not attempt.is_open:
        raise IllegalMove(
            "This attempt is closed already. Annul it instead, and it does not count against her attempts."
        )
    return _give(attempt, minutes, by, _checked(reason), at)


@transaction.atomic
def give_time_to_cohort(
    cohort: Cohort, activity_id: int, *, minutes: int, by: User, reason: str, at: datetime | None = None
) -> int:
    """The same for everybody of a cohort who sits a quiz now, within reach of whoever gives it. Returns for how many."""
    at, reason = at or timezone.now(), _checked(reason)
    given = 0
    for found in open_attempts_in(cohort, by, activity_id=activity_id):
        attempt = close_if_overdue(_to_act_on(found, by), at=at)
        if attempt.is_open and attempt.deadline is not None:
            given += bool(_give(attempt, minutes, by, reason, at))
    if not given:
        raise Refusal("Nobody of this cohort sits this quiz against the clock now.")
    return given


def _give(attempt: Attempt, minutes: int, by: User, reason: str, at: datetime) -> TimeGiven:
    if not 1 <= minutes <= MOST_MINUTES_GIVEN:
        raise Refusal(f"Give between 1 and {MOST_MINUTES_GIVEN} minutes.")
    if attempt.deadline is None:
        raise Refusal("This attempt has no time limit, so there is no time to give back.")
    given = add_time(attempt, minutes * 60, cause=TimeCause.STAFF, by=by, at=at, reason=reason)
    record("assessments.attempt.time_given", by=by, about=attempt, minutes=minutes, deadline=given.new_deadline)
    return given


@transaction.atomic
def annul_attempt(attempt: Attempt, *, by: User, reason: str, at: datetime | None = None) -> Attempt:
    """It counts for nothing, also not against her attempts; what she answered is kept. One that is passed stands."""
    return _annul(_to_act_on(attempt, by), by, _checked(reason), at or timezone.now())


@transaction.atomic
def annul_for_cohort(cohort: Cohort, activity_id: int, *, by: User, reason: str, at: datetime | None = None) -> int:
    """Annul every open attempt of a cohort at a quiz, within reach of whoever does it. Returns how many."""
    at, reason = at or timezone.now(), _checked(reason)
    found = open_attempts_in(cohort, by, activity_id=activity_id)
    if not found:
        raise Refusal("Nobody of this cohort sits this quiz now.")
    for attempt in found:
        locked = _to_act_on(attempt, by)
        if locked.is_open:  # she may have submitted it a moment ago
            _annul(locked, by, reason, at)
    return len(found)


def _annul(attempt: Attempt, by: User, reason: str, at: datetime) -> Attempt:
    old = AttemptState(attempt.state)
    if attempt.passed:
        raise Refusal("This attempt is passed, and a pass is never taken away by annulling it.")
    if AttemptState.ANNULLED not in MOVES[old]:
        raise IllegalMove("This attempt is annulled already.")
    if attempt.is_on_break:
        stop_break(attempt, at=at, by=by)
    attempt.state, attempt.submitted_at = AttemptState.ANNULLED, attempt.submitted_at or at
    attempt.save(update_fields=["state", "submitted_at"])
    AttemptMove.objects.create(attempt=attempt, old=old, new=attempt.state, by=by, at=at, why=reason)
    note_event(attempt, EventKind.ANNULLED, at=at)
    record("assessments.attempt.annulled", by=by, about=attempt, old=old.value, number=attempt.number)
    notify(
        attempt.enrolment.person,
        key=f"attempt-{attempt.pk}-annulled",
        subject="About one of your quizzes",
        text=f"Your attempt at {attempt.item.title} was annulled. It does not count against your attempts. The reason: {reason}",
        path=reverse("quiz_intro", args=[attempt.enrolment_id, attempt.item.slug]),
        button="Go to the quiz",
    )
    return attempt


def _to_act_on(attempt: Attempt, by: User) -> Attempt:
    attempt = locked_attempt(attempt.pk)
    if not (can_act_on_attempts(by, attempt.enrolment) and may_act_on(by, attempt.enrolment.person)):
        raise Refusal("Only faculty of the cohort and program directors do this, never to their own attempt.")
    return attempt


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refusal("Say why. The trainee reads it.")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"Give the reason in at most {LONGEST_REASON} characters.")
    return reason
