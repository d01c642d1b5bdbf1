"""Starting, answering and submitting. One row is locked per act; the server's clock decides."""

from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, CharField, OuterRef
from django.urls import reverse
from django.utils import timezone

from assessments.drawing import draw_slots
from assessments.enums import MOVES, AttemptState
from assessments.evidence import GRADE
from assessments.grading import grade
from assessments.kinds import Unreadable, kind_of
from assessments.models import Answer, Attempt, AttemptMove
from assessments.queries import (
    attempts_at,
    overdue_attempts,
    own_attempt,
    own_enrolment,
    past_of,
    quiz_item,
    quiz_of,
    quiz_of_body,
)
from assessments.regrading.queries import rulings_for
from assessments.rules import (
    REFUSALS,
    AnswerRefused,
    AttemptClosed,
    StaleAnswer,
    Start,
    StartRefused,
    deadline_of,
    is_overdue,
    start_state,
)
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import newest_correction
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.queries import why_locked
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove
from lms.notices.actions import notify
from lms.web.prepared import PreparedQuery

HIGHEST_SEQ = 2**53 - 1  # what a browser can count to exactly


@transaction.atomic
def start_attempt(
    enrolment: Enrolment, item: EditionItem, *, by: User, at: datetime | None = None, random: Random | None = None
) -> Attempt:
    """Start the quiz, or give the attempt back that is open already: a double click leads to one attempt.

    The enrolment is locked, so the number of attempts is counted by one start at a time. Raises `StartRefused`.
    """
    enrolment = locked_enrolment(enrolment.pk, item.slug)
    if by.pk != enrolment.person_id or item.edition_id != enrolment.edition_id:
        raise StartRefused("This quiz belongs to somebody else's curriculum.")
    return _start(enrolment, item, by=by, at=at or timezone.now(), random=random)


def start_quiz(enrolment_pk: int, slug: str, *, by: User) -> Attempt:
    """`start_attempt` for whoever sends the form of the quiz at this address, in the form's own transaction.

    Raises as `own_enrolment` does for anybody but the trainee, and `Http404` where no quiz is.
    """
    enrolment = locked_enrolment(enrolment_pk, slug)
    if enrolment is None or enrolment.person_id != by.pk:
        own_enrolment(by, enrolment_pk)
        raise PermissionDenied
    return _start(enrolment, quiz_item(enrolment, slug), by=by, at=timezone.now(), random=None)


def _start(enrolment: Enrolment, item: EditionItem, *, by: User, at: datetime, random: Random | None) -> Attempt:
    earlier = [close_if_overdue(attempt, at=at) for attempt in attempts_at(enrolment, item.activity_id)]
    body_id = enrolment.corrected_body or item.body_id
    quiz = quiz_of_body(body_id)
    state = start_state(quiz, past_of(earlier), is_active=enrolment.state == EnrolmentState.ACTIVE, now=at)
    if state.kind == Start.OPEN:
        return next(attempt for attempt in earlier if attempt.is_open)
    if not state.may_start:
        raise StartRefused(REFUSALS[state.kind])
    if reason := why_locked(enrolment, item):
        raise StartRefused(f"This quiz is not open yet. {reason}")
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        item=item,
        body_id=body_id,
        number=len(earlier) + 1,
        draw=draw_slots(quiz.source, random or SystemRandom()),
        started_at=at,
        deadline=deadline_of(quiz, at),
    )
    AttemptMove.objects.create(attempt=attempt, new=attempt.state, by=by, at=at)
    record("assessments.attempt.started", by=by, about=attempt, number=attempt.number, deadline=attempt.deadline)
    return attempt


def save_answer(attempt: Attempt, **answer) -> Answer:
    """`answer_attempt` for whoever holds the attempt already."""
    return answer_attempt(attempt.pk, **answer)


def answer_attempt(
    pk: int, *, slot: int, sent: dict[str, list[str]], client_seq: int, by: User, at: datetime | None = None
) -> Answer:
    """Save one answer as it is given. Whether it is right is not computed here, and nothing of the answer depends on it.

    The same sequence number with the same answer is a repeat and gives the saved answer back. Raises `AttemptClosed`,
    `StaleAnswer` or `AnswerRefused`; an attempt found overdue is closed as it stood. Raises as `own_attempt` does for
    anybody but the trainee.
    """
    at = at or timezone.now()
    with transaction.atomic():
        attempt = close_if_overdue(_attempt_to_answer(pk, by), at=at)
        if attempt.is_open:
            return _write_answer(attempt, slot, sent, client_seq, at)
    raise AttemptClosed(
        closed_sentence(attempt), next_step=("See the result", reverse("quiz_result", args=[attempt.pk]))
    )


@transaction.atomic
def submit_attempt(attempt: Attempt, *, by: User, at: datetime | None = None) -> Attempt:
    """Submit and grade. Doing it again, or twice at once, gives the same result: an attempt is graded once."""
    at = at or timezone.now()
    attempt = close_if_overdue(locked_attempt(attempt.pk), at=at)
    return _close(attempt, AttemptState.SUBMITTED, by=by, effective=at, at=at) if attempt.is_open else attempt


def close_overdue_attempts(*, at: datetime | None = None) -> int:
    """Submit every attempt whose time ran out, as it stood; nightly, and whenever somebody touches one."""
    at = at or timezone.now()
    closed = 0
    for pk in list(overdue_attempts(at).values_list("pk", flat=True)):
        with transaction.atomic():
            closed += not close_if_overdue(locked_attempt(pk), at=at).is_open
    return closed


def touch(attempt: Attempt, *, at: datetime | None = None) -> Attempt:
    """The attempt as it stands at this moment: closed, when nobody has done so since its time ran out."""
    at = at or timezone.now()
    if not attempt.is_open or not is_overdue(attempt.deadline, at):
        return attempt
    with transaction.atomic():
        return close_if_overdue(attempt, at=at)


def close_if_overdue(attempt: Attempt, *, at: datetime) -> Attempt:
    if not attempt.is_open or not is_overdue(attempt.deadline, at):
        return attempt
    attempt = locked_attempt(attempt.pk)
    if not attempt.is_open:
        return attempt
    return _close(attempt, AttemptState.EXPIRED, by=None, effective=attempt.deadline, at=at)


def locked_enrolment(pk: int, slug: str) -> Enrolment | None:
    """The enrolment's row, held to the end of the act, with `corrected_body`: the newest correction of the quiz there."""
    found = _locked(pk=pk, slug=slug)
    return found[0] if found else None


_locked = PreparedQuery(
    lambda pk, slug: (
        Enrolment.objects.select_for_update(of=("self",))
        .filter(pk=pk)
        .select_related("edition")
        .defer("edition__change_note")
        .annotate(corrected_body=newest_correction(OuterRef("edition"), slug))
    ),
    pk=BigIntegerField(),
    slug=CharField(),
)


def locked_attempt(pk: int) -> Attempt:
    """The attempt with what a notice about it names. `of` keeps PostgreSQL from locking the shared rows as well."""
    return Attempt.objects.select_for_update(of=("self",)).select_related("item", "enrolment__person").get(pk=pk)


_to_answer = PreparedQuery(
    lambda pk, person: Attempt.objects.select_for_update(of=("self",)).filter(pk=pk, enrolment__person=person),
    pk=BigIntegerField(),
    person=BigIntegerField(),
)


def _attempt_to_answer(pk: int, by: User) -> Attempt:
    """The trainee's own attempt, locked: the hottest act of the house asks for nothing more."""
    found = _to_answer(pk=pk, person=by.pk)
    return found[0] if found else own_attempt(by, pk)


def closed_sentence(attempt: Attempt) -> str:
    when = timezone.localtime(attempt.submitted_at)
    if attempt.state == AttemptState.EXPIRED:
        return f"Time ran out at {when:%H:%M}. Everything saved by then was submitted as it stood; this answer came too late."
    return f"This quiz was submitted at {when:%H:%M}. Its answers can no longer be changed."


def _write_answer(attempt: Attempt, slot: int, sent: dict, client_seq: int, at: datetime) -> Answer:
    if not 0 <= client_seq <= HIGHEST_SEQ:
        raise AnswerRefused("This page is out of date. Reload it and give your answer again.")
    drawn = next((drawn for drawn in attempt.draw if drawn["slot"] == slot), None)
    if drawn is None:
        raise AnswerRefused("This page is out of date. Reload it and give your answer again.")
    question = quiz_of(attempt).questions[drawn["question"]]
    kind = kind_of(question["kind"])
    earlier = _saved_response(attempt, slot) if kind.is_answered_in_steps else None
    try:
        response = kind.parse(question["data"], drawn, sent, earlier)
    except Unreadable as unreadable:
        raise AnswerRefused(str(unreadable)) from None
    answer = Answer(attempt=attempt, slot=slot, response=response, client_seq=client_seq, saved_at=at)
    if answer.save_if_newest():
        return answer
    saved = Answer.objects.get(attempt=attempt, slot=slot)
    if client_seq == saved.client_seq and response == saved.response:
        return saved
    raise StaleAnswer("A newer answer from another window is saved already. Reload the page to see it.")


def _saved_response(attempt: Attempt, slot: int) -> dict[str, Any] | None:
    """What is saved of a question that is answered in steps; the attempt's lock lets no other step come between."""
    return Answer.objects.filter(attempt=attempt, slot=slot).values_list("response", flat=True).first()


def _close(attempt: Attempt, state: AttemptState, *, by: User | None, effective: datetime, at: datetime) -> Attempt:
    """Close a locked, open attempt, from the answers as they stand, and grade it; it waits while a person has to mark it."""
    old, quiz = attempt.state, quiz_of(attempt)
    responses = dict(Answer.objects.filter(attempt=attempt).values_list("slot", "response"))
    graded = grade(quiz, attempt.draw, responses, rulings=rulings_for(quiz))
    new = state if graded.outcome else AttemptState.AWAITING
    if new not in MOVES[AttemptState(old)]:
        raise IllegalMove("This attempt is closed already.")
    attempt.state, attempt.submitted_at = new, effective
    attempt.break_began_at = attempt.break_ends_at = None
    attempt.result = graded.rows
    if graded.outcome:
        attempt.graded_at = at
        attempt.set_outcome(graded.outcome)
    attempt.save(update_fields=["state", "submitted_at", "break_began_at", "break_ends_at", *GRADE])
    AttemptMove.objects.create(attempt=attempt, old=old, new=new, by=by, at=at)
    record(
        f"assessments.attempt.{state.value}",
        by=by,
        about=attempt,
        number=attempt.number,
        score=None if attempt.score is None else str(attempt.score),
        passed=attempt.passed,
        failed_critical=attempt.failed_critical,
    )
    if state == AttemptState.EXPIRED:
        _tell_that_time_ran_out(attempt)
    return attempt


def _tell_that_time_ran_out(attempt: Attempt) -> None:
    notify(
        attempt.enrolment.person,
        key=f"attempt-{attempt.pk}-expired",
        subject="Your quiz was submitted",
        text=f"The time for {attempt.item.title} ran out, and your answers were submitted as they stood.",
        path=reverse("quiz_result", args=[attempt.pk]),
        button="See the result",
    )
