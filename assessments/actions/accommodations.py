"""Granting and ending an accommodation. It holds for every quiz of the program that is started from then on."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import MOST_BREAK_MINUTES, MOST_EXTRA_ATTEMPTS, MOST_EXTRA_TIME
from assessments.models import Accommodation
from assessments.rules import Allowance, can_accommodate
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import may_act_on
from lms.accounts.models import User
from lms.audit.actions import record
from lms.clock.actions import adjust_deadlines
from lms.clock.models import MOST_DAYS, Cause
from lms.errors import Refusal
from lms.notices.actions import notify

REPLACED = "Another one took its place."


@transaction.atomic
def grant_accommodation(
    enrolment: Enrolment, allowance: Allowance, *, extra_days: int = 0, by: User, reason: str
) -> Accommodation:
    """Write what was agreed for the enrolment's person and program; one that is in force ends with it.

    `extra_days` move the day by which she finishes in her cohort, from today and once: the clock never takes days away.
    The reason is in no audit row.
    """
    enrolment = _locked(enrolment, by)
    _check(allowance, extra_days, reason)
    now = timezone.now()
    for earlier in _in_force(enrolment):
        _end(earlier, by=by, reason=REPLACED, at=now)
    try:
        with transaction.atomic():
            accommodation = Accommodation.objects.create(
                person=enrolment.person,
                program_id=enrolment.program_id,
                extra_time=allowance.extra_time,
                extra_attempts=allowance.extra_attempts,
                break_minutes=allowance.break_minutes,
                large_print=allowance.large_print,
                extra_days=extra_days,
                reason=reason.strip(),
                granted_by=by,
                granted_at=now,
            )
    except IntegrityError:  # through her other enrolment in the program, at the same moment
        raise Refusal("Somebody has just written another one. Reload the page to see it.") from None
    if extra_days:
        whose = {"person": enrolment.person, "cohort_id": enrolment.cohort_id}
        since = timezone.localdate()
        adjust_deadlines(cause=Cause.ACCOMMODATION, since=since, days=extra_days, by=by, reason=reason.strip(), **whose)
    record("assessments.accommodation.granted", by=by, about=accommodation, enrolment=enrolment.pk)
    text = "What was agreed with you for your quizzes is in force. You read it on the first page of each quiz."
    _tell(enrolment, f"accommodation-{accommodation.pk}-granted", text)
    return accommodation


@transaction.atomic
def end_accommodation(enrolment: Enrolment, *, by: User, reason: str) -> Accommodation:
    """From now on the usual rules hold. An attempt that is open keeps the time it was started with."""
    enrolment = _locked(enrolment, by)
    if not reason.strip():
        raise Refusal("Say why it ends.")
    accommodation = next(iter(_in_force(enrolment)), None)
    if accommodation is None:
        raise Refusal("It has already ended.")
    _end(accommodation, by=by, reason=reason.strip(), at=timezone.now())
    _tell(
        enrolment, f"accommodation-{accommodation.pk}-ended", "For the next quiz that you start, the usual rules hold."
    )
    return accommodation


def _locked(enrolment: Enrolment, by: User) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "edition")
    enrolment = rows.get(pk=enrolment.pk)
    if not (can_accommodate(by, enrolment) and may_act_on(by, enrolment.person)):
        raise Refusal("Only directors of the program grant and end an accommodation, never their own.")
    return enrolment


def _in_force(enrolment: Enrolment) -> list[Accommodation]:
    rows = Accommodation.objects.select_for_update().filter(person=enrolment.person_id, program=enrolment.program_id)
    return list(rows.filter(ended_at=None))


def _check(allowance: Allowance, extra_days: int, reason: str) -> None:
    if not reason.strip():
        raise Refusal("Say why it is granted. Only directors of the program read it.")
    given = (
        (allowance.extra_time, MOST_EXTRA_TIME),
        (allowance.extra_attempts, MOST_EXTRA_ATTEMPTS),
        (allowance.break_minutes, MOST_BREAK_MINUTES),
        (extra_days, MOST_DAYS),
    )
    if any(not 0 <= value <= most for value, most in given):
        raise Refusal("One of the numbers is larger than what can be granted.")
    if not any(value for value, _ in given) and not allowance.large_print:
        raise Refusal("Say what is granted: at least one of the five.")


def _end(accommodation: Accommodation, *, by: User, reason: str, at) -> None:
    accommodation.ended_at, accommodation.ended_by, accommodation.end_reason = at, by, reason
    accommodation.save(update_fields=["ended_at", "ended_by", "end_reason"])
    record("assessments.accommodation.ended", by=by, about=accommodation)


def _tell(enrolment: Enrolment, key: str, text: str) -> None:
    notify(
        enrolment.person,
        key=key,
        subject="About your quizzes",
        text=text,
        path=reverse("learn_outline", args=[enrolment.pk]),
        button="Open your program",
    )
