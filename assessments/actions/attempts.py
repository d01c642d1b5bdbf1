"""Starting, answering and submitting. One row is locked per act; the server's clock decides."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random, SystemRandom
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, CharField, OuterRef
from django.urls import reverse
from django.utils import timezone

from assessments.actions.time import begin_break, give_outages, stop_break
from assessments.drawing import draw_slots
from assessments.enums import MOVES, AttemptState, EventKind
from assessments.events.actions import note_event, note_refusal
from assessments.evidence import GRADE
from assessments.grading import grade
from assessments.kinds import Unreadable, kind_of
from assessments.models import Answer, Attempt, AttemptMove
from assessments.queries import (
    accommodation_in_force,
    allowance_of,
    attempts_at,
    granted_of,
    overdue_attempts,
    own_attempt,
    own_enrolment,
    past_of,
    quiz_item,
    quiz_of,
    quiz_of_body,
)
from assessments.quiz import Quiz
from assessments.regrading.queries import rulings_for
from assessments.rules import (
    REFUSALS,
    AnswerRefused,
    AttemptClosed,
    Sent,
    StaleAnswer,
    Start,
    StartRefused,
    check_conditions,
    check_slot,
    clock_stands_until,
    deadline_of,
    goes_forward,
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
from lms.uptime.actions import note_outage
from lms.uptime.queries import last_sign_of_life
from lms.web.prepared import PreparedQuery

NOTHING_SENT = Sent()
CLOSED_BY = {AttemptState.SUBMITTED: EventKind.SUBMITTED, AttemptState.EXPIRED: EventKind.RAN_OUT}
HIGHEST_SEQ = 2**53 - 1  # what a browser can count to exactly


@transaction.atomic
def start_attempt(
    enrolment: Enrolment,
    item: EditionItem,
    *,
    by: User,
    sent: Sent = NOTHING_SENT,
    at: datetime | None = None,
    random: Random | None = None,
) -> Attempt:
    """Start the quiz, or give the attempt back that is open already: a double click leads to one attempt.

    The enrolment is locked, so the number of attempts is counted by one start at a time. Raises `StartRefused`, and
    `ConditionMissing` for what she can still do herself.
    """
    enrolment = locked_enrolment(enrolment.pk, item.slug)
    if by.pk != enrolment.person_id or item.edition_id != enrolment.edition_id:
        raise StartRefused("This quiz belongs to somebody else's curriculum.")
    return _start(enrolment, item, by=by, sent=sent, at=at or timezone.now(), random=random)


def start_quiz(enrolment_pk: int, slug: str, *, by: User, sent: Sent = NOTHING_SENT) -> Attempt:
    """`start_attempt` for whoever sends the form of the quiz at this address, in the form's own transaction.

    Raises as `own_enrolment` does for anybody but the trainee, and `Http404` where no quiz is.
    """
    enrolment = locked_enrolment(enrolment_pk, slug)
    if enrolment is None or enrolment.person_id != by.pk:
        own_enrolment(by, enrolment_pk)
        raise PermissionDenied
    return _start(enrolment, quiz_item(enrolment, slug), by=by, sent=sent, at=timezone.now(), random=None)


def _start(
    enrolment: Enrolment, item: EditionItem, *, by: User, sent: Sent, at: datetime, random: Random | None
) -> Attempt:
    found = attempts_at(enrolment, item.activity_id)
    earlier = [close_if_overdue(attempt, at=at) for attempt in found]
    body_id = enrolment.corrected_body or item.body_id
    quiz = quiz_of_body(body_id)
    allowance = allowance_of(enrolment)
    state = start_state(
        quiz,
        past_of(earlier),
        is_active=enrolment.state == EnrolmentState.ACTIVE,
        now=at,
        more_attempts=allowance.extra_attempts,
        granted=granted_of(found),
    )
    if state.kind == Start.OPEN:
        return next(attempt for attempt in earlier if attempt.is_open)
    if not state.may_start:
        raise StartRefused(REFUSALS[state.kind])
    if reason := why_locked(enrolment, item):
        raise StartRefused(f"This quiz is not open yet. {reason}")
    check_conditions(quiz, sent, knows_password=_knows_password(quiz, sent))
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        item=item,
        body_id=body_id,
        number=len(earlier) + 1,
        draw=draw_slots(quiz.source, random or SystemRandom()),
        started_at=at,
        deadline=deadline_of(quiz, at, allowance),
        break_minutes=allowance.break_minutes if quiz.time_limit_minutes else 0,
        has_agreed=bool(quiz.honour),
    )
    AttemptMove.objects.create(attempt=attempt, new=attempt.state, by=by, at=at)
    record("assessments.attempt.started", by=by, about=attempt, number=attempt.number, deadline=attempt.deadline)
    return attempt


def _knows_password(quiz: Quiz, sent: Sent) -> bool:
    return bool(quiz.password_hash and sent.password) and check_password(sent.password, quiz.password_hash)


def save_answer(attempt: Attempt, **answer) -> Answer:
    """`answer_attempt` for whoever holds the attempt already."""
    return answer_attempt(attempt.pk, **answer)


def answer_attempt(
    pk: int,
    *,
    slot: int,
    sent: dict[str, list[str]],
    client_seq: int,
    by: User,
    leaves: bool = False,
    at: datetime | None = None,
) -> Answer:
    """Save one answer as it is given. Whether it is right is not computed here, and nothing of the answer depends on it.

    The same sequence number with the same answer is a repeat and gives the saved answer back. Raises `AttemptClosed`,
    `StaleAnswer` or `AnswerRefused`; an attempt found overdue is closed as it stood. Raises as `own_attempt` does for
    anybody but the trainee. With `leaves` she goes on from the question, for good where the quiz goes forward only.
    """
    at = at or timezone.now()
    try:
        return _answer(pk, slot, sent, client_seq, by=by, leaves=leaves, at=at)
    except (AnswerRefused, StaleAnswer, AttemptClosed) as refusal:
        note_refusal(pk, refusal, slot=slot, at=at)
        raise


def _answer(
    pk: int, slot: int, sent: dict[str, list[str]], client_seq: int, *, by: User, leaves: bool, at: datetime
) -> Answer:
    with transaction.atomic():
        attempt = close_if_overdue(_attempt_to_answer(pk, by), at=at)
        if attempt.is_on_break:
            raise AnswerRefused("The clock stands still while you are on a break. Go on with the quiz, then answer.")
        if attempt.is_open:
            answer = _write_answer(attempt, slot, sent, client_seq, at)
            if leaves and not _opens_more(attempt, answer):
                _leave(attempt, slot, at=at)
            return answer
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
    """Submit every attempt whose time ran out, as it stood; each minute, and whenever somebody touches one.

    Only what ran out by the site's last sign of life: while it does not answer, nobody can hand anything in.
    """
    at = at or timezone.now()
    until = min(at, last_sign_of_life() or at)
    closed = 0
    for pk in list(overdue_attempts(until).values_list("pk", flat=True)):
        with transaction.atomic():
            closed += not close_if_overdue(locked_attempt(pk), at=until).is_open
    return closed


def touch(attempt: Attempt, *, at: datetime | None = None) -> Attempt:
    """The attempt as it stands at this moment: closed, when nobody has done so since its time ran out."""
    at = at or timezone.now()
    if not _has_run_out(attempt, at):
        return attempt
    with transaction.atomic():
        return close_if_overdue(attempt, at=at)


def close_if_overdue(attempt: Attempt, *, at: datetime) -> Attempt:
    """First what is owed to her: the end of a break that used itself up, and the time in which the site did not answer."""
    if not _has_run_out(attempt, at):
        return attempt
    attempt = locked_attempt(attempt.pk)
    if not attempt.is_open:
        return attempt
    if attempt.break_ends_at and attempt.break_ends_at <= at:
        attempt = stop_break(attempt, at=attempt.break_ends_at, by=None)
    note_outage(at=at)
    attempt = give_outages(attempt, at=at)
    if not is_overdue(attempt.deadline, at, grace=quiz_of(attempt).grace):
        return attempt
    return _close(attempt, AttemptState.EXPIRED, by=None, effective=attempt.deadline, at=at)


def _has_run_out(attempt: Attempt, at: datetime) -> bool:
    """By its row alone, breaks considered and grace not: whoever comes near the end is looked at closely."""
    if not attempt.is_open or attempt.deadline is None:
        return False
    stands = clock_stands_until(attempt.deadline, began=attempt.break_began_at, ends=attempt.break_ends_at, now=at)
    return at > stands


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
        .annotate(corrected_body=newest_correction(OuterRef("edition"), slug), accommodation=accommodation_in_force())
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
    quiz = quiz_of(attempt)
    check_slot(quiz, slot=slot, at_slot=attempt.at_slot)
    question = quiz.questions[drawn["question"]]
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


def take_break(attempt: Attempt, *, by: User, at: datetime | None = None) -> Attempt:
    """Stop the clock, for as long as anything is left of the breaks agreed with her. Twice is once."""
    return _about_break(attempt, begin_break, by=by, at=at or timezone.now())


def go_on(attempt: Attempt, *, by: User, at: datetime | None = None) -> Attempt:
    """Let the clock go on; what she did not take of her break stays for later. Twice is once."""
    return _about_break(attempt, partial(stop_break, by=by), by=by, at=at or timezone.now())


@transaction.atomic
def _about_break(attempt: Attempt, act: Callable[..., Attempt], *, by: User, at: datetime) -> Attempt:
    attempt = close_if_overdue(locked_attempt(attempt.pk), at=at)
    if attempt.enrolment.person_id != by.pk:
        raise PermissionDenied
    return act(attempt, at=at) if attempt.is_open else attempt


def _opens_more(attempt: Attempt, answer: Answer) -> bool:
    """Whether there is more to read or to answer of the question now: the next step of a case or a story."""
    drawn = attempt.draw[answer.slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    return kind_of(question["kind"]).goes_on(question["data"], drawn, answer.response)


def leave_slot(pk: int, *, slot: int, by: User) -> Attempt:
    """Go on from a question without an answer to it; for good where the quiz goes forward only."""
    with transaction.atomic():
        attempt = _attempt_to_answer(pk, by)
        if attempt.is_open and not attempt.is_on_break:
            _leave(attempt, slot, at=timezone.now())
        return attempt


def _leave(attempt: Attempt, slot: int, *, at: datetime) -> None:
    """Only the question at rest is left, so that a form that is sent twice does not pass over the next one."""
    if goes_forward(quiz_of(attempt)) and slot == attempt.at_slot <= len(attempt.draw):
        attempt.at_slot += 1
        attempt.save(update_fields=["at_slot"])
        note_event(attempt, EventKind.WENT_ON, at=at, slot=slot)


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
    note_event(attempt, CLOSED_BY[state], at=effective)
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
