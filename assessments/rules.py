"""When a quiz may be started, answered and read; pure, each refusal with its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessments.quiz import Quiz
from lms.accounts.enums import Role
from lms.accounts.queries import has_role
from lms.errors import Refusal

GRACE = timedelta(seconds=30)


class AttemptClosed(Refusal):
    """The attempt was submitted, or its time ran out: nothing about it changes any more."""

    code = "attempt_closed"


class StartRefused(Refusal):
    code = "start_refused"


class AnswerRefused(Refusal):
    """What was sent is no answer to the question; nothing was saved."""

    code = "answer_refused"


class StaleAnswer(Refusal):
    """A newer answer of another window or device is already saved."""

    code = "stale_answer"


class QuestionNotReady(Refusal):
    """A draft that cannot be asked is not published."""

    code = "question_not_ready"


class Start(StrEnum):
    READY = "ready"
    OPEN = "open"
    PASSED = "passed"
    NONE_LEFT = "none_left"
    AWAITING = "awaiting"
    COOLING = "cooling"
    NOT_ACTIVE = "not_active"


@dataclass(frozen=True)
class Past:
    """What a rule needs to know about one earlier attempt."""

    is_open: bool
    passed: bool
    submitted_at: datetime | None
    is_awaiting: bool = False


@dataclass(frozen=True)
class StartState:
    """Whether another attempt may be started, how many are left (None: no limit), and from when."""

    kind: Start
    left: int | None
    not_before: datetime | None = None

    @property
    def may_start(self) -> bool:
        return self.kind == Start.READY


def start_state(quiz: Quiz, past: Sequence[Past], *, is_active: bool, now: datetime) -> StartState:
    """An open attempt comes before everything else: neither a pause nor a payment ever blocks one that was started."""
    left = max(0, quiz.attempts - len(past)) if quiz.attempts else None
    if any(attempt.is_open for attempt in past):
        return StartState(Start.OPEN, left)
    if any(attempt.passed for attempt in past):
        return StartState(Start.PASSED, left)
    if any(attempt.is_awaiting for attempt in past):
        return StartState(Start.AWAITING, left)
    if left == 0:
        return StartState(Start.NONE_LEFT, 0)
    if not is_active:
        return StartState(Start.NOT_ACTIVE, left)
    not_before = cooled_down_at(quiz, past)
    if not_before and now < not_before:
        return StartState(Start.COOLING, left, not_before)
    return StartState(Start.READY, left)


def cooled_down_at(quiz: Quiz, past: Sequence[Past]) -> datetime | None:
    ends = [attempt.submitted_at for attempt in past if attempt.submitted_at]
    return max(ends) + timedelta(hours=quiz.cooldown_hours) if ends else None


REFUSALS = {
    Start.PASSED: "You have passed this quiz already. Your result stands.",
    Start.NONE_LEFT: "You have used all your attempts at this quiz. Please write to your faculty about what comes next.",
    Start.AWAITING: "Your last attempt waits to be marked. Whether you need another one is known once it is.",
    Start.NOT_ACTIVE: "Your enrolment is not active, so you cannot start a quiz now. What you have started or finished stays open to you.",
    Start.COOLING: "There is a pause between two attempts, and it is not over yet.",
}


def deadline_of(quiz: Quiz, start: datetime) -> datetime | None:
    """Start plus the time limit, by the server's clock. Extra time for a person will be added here."""
    return start + timedelta(minutes=quiz.time_limit_minutes) if quiz.time_limit_minutes else None


def is_overdue(deadline: datetime | None, now: datetime) -> bool:
    """Answers are taken up to and including the end of the grace period, for those who are sent in the last second."""
    return deadline is not None and now > deadline + GRACE


def may_explain(state: StartState) -> bool:
    """While an attempt is open, the feedback of earlier ones is put away."""
    return state.kind != Start.OPEN


def may_reveal(state: StartState) -> bool:
    """Right answers are shown after passing, or when no attempt is left that they could help."""
    return state.kind in (Start.PASSED, Start.NONE_LEFT)


def can_read_results(user, enrolment) -> bool:
    """The trainee; directors, and faculty of her cohort or program. A registrar sees the standing, not the answers."""
    return user.pk == enrolment.person_id or can_read_results_of_others(user, enrolment)


def can_read_results_of_others(user, enrolment) -> bool:
    reach = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    is_staff = has_role(user, Role.DIRECTOR, **reach) or has_role(user, Role.FACULTY, **reach)
    return is_staff and user.pk != enrolment.person_id
