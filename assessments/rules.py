"""When a quiz may be started, answered and read; pure, each refusal with its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from assessments.quiz import Quiz
from lms.accounts.enums import Role
from lms.accounts.queries import has_role
from lms.errors import Refusal


class AttemptClosed(Refusal):
    """The attempt was submitted, or its time ran out: nothing about it changes any more."""

    code = "attempt_closed"


class StartRefused(Refusal):
    code = "start_refused"


class ConditionMissing(StartRefused):
    """Something that she can still do on the page: the sentence belongs beside `field`."""

    code = "condition_missing"

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


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
    NOT_YET = "not_yet"
    OVER = "over"
    COOLING = "cooling"
    NOT_ACTIVE = "not_active"


@dataclass(frozen=True)
class Allowance:
    """What was agreed with one person, beside the rules of a quiz. `extra_time` is percent of the quiz's own limit."""

    extra_time: int = 0
    extra_attempts: int = 0
    break_minutes: int = 0
    large_print: bool = False


USUAL = Allowance()


@dataclass(frozen=True)
class Past:
    """What a rule needs to know about one earlier attempt."""

    is_open: bool
    passed: bool
    submitted_at: datetime | None
    is_awaiting: bool = False


@dataclass(frozen=True)
class Granted:
    """How many more attempts at one quiz she was granted at her request, and from when the last of them may be started."""

    attempts: int = 0
    not_before: datetime | None = None


NO_GRANT = Granted()


@dataclass(frozen=True)
class StartState:
    """Whether another attempt may be started, how many are left (None: no limit), and from when."""

    kind: Start
    left: int | None
    not_before: datetime | None = None

    @property
    def may_start(self) -> bool:
        return self.kind == Start.READY


def start_state(
    quiz: Quiz,
    past: Sequence[Past],
    *,
    is_active: bool,
    now: datetime,
    more_attempts: int = 0,
    granted: Granted = NO_GRANT,
) -> StartState:
    """An open attempt comes before everything else: neither a pause nor a payment ever blocks one that was started.

    The time in which a quiz is open governs the start alone: what was started in time has its whole time.
    `more_attempts` are those that were given to this person beside what the quiz allows everybody.
    `granted` are those that she asked for; the day of the last one holds for that one alone.
    """
    left = max(0, quiz.attempts + more_attempts + granted.attempts - len(past)) if quiz.attempts else None
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
    if quiz.opens_at and now < quiz.opens_at:
        return StartState(Start.NOT_YET, left, quiz.opens_at)
    if quiz.closes_at and now > quiz.closes_at:
        return StartState(Start.OVER, left)
    not_before = later_of(cooled_down_at(quiz, past), granted.not_before if left == 1 else None)
    if not_before and now < not_before:
        return StartState(Start.COOLING, left, not_before)
    return StartState(Start.READY, left)


def later_of(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment), default=None)


def cooled_down_at(quiz: Quiz, past: Sequence[Past]) -> datetime | None:
    ends = [attempt.submitted_at for attempt in past if attempt.submitted_at]
    return max(ends) + timedelta(hours=quiz.cooldown_hours) if ends else None


REFUSALS = {
    Start.PASSED: "You have passed this quiz already. Your result stands.",
    Start.NONE_LEFT: "You have used all your attempts at this quiz. On its page you can ask your faculty for another one.",
    Start.AWAITING: "Your last attempt waits to be marked. Whether you need another one is known once it is.",
    Start.NOT_ACTIVE: "Your enrolment is not active, so you cannot start a quiz now. What you have started or finished stays open to you.",
    Start.NOT_YET: "This quiz is not open yet. Its page says from when it can be started.",
    Start.OVER: "The time in which this quiz could be started is over. Please write to your faculty about what comes next.",
    Start.COOLING: "There is a pause between two attempts, and it is not over yet.",
}


@dataclass(frozen=True)
class Sent:
    """What came along with the wish to start: her agreement, the password she typed, the address she asks from."""

    has_agreed: bool = False
    password: str = ""
    address: str | None = None


def check_conditions(quiz: Quiz, sent: Sent, *, knows_password: bool) -> None:
    """Raises `ConditionMissing` for the first thing without which this quiz is not started."""
    if quiz.ip_ranges and not is_from(sent.address, quiz.ip_ranges):
        raise ConditionMissing("", "This quiz can be started only from a network that your program allows.")
    if quiz.password_hash and not knows_password:
        raise ConditionMissing("password", "This is not the password of this quiz. Your faculty gives it to you.")
    if quiz.honour and not sent.has_agreed:
        raise ConditionMissing("agreed", "Read the statement and agree to it before you start.")


def is_from(address: str | None, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the networks; also one of IPv4 that is written as IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ip_network(network, strict=False) for network in networks)


def goes_forward(quiz: Quiz) -> bool:
    """On one page nothing is ever left, so there it means nothing."""
    return quiz.is_forward_only and not quiz.is_one_page


def check_slot(quiz: Quiz, *, slot: int, at_slot: int) -> None:
    """Where a quiz goes forward only, the question at rest is the only one that can be answered."""
    if not goes_forward(quiz) or slot == at_slot:
        return
    if slot < at_slot:
        raise AnswerRefused(
            "This quiz goes forward only, and you have left this question. What you answered there is kept."
        )
    raise AnswerRefused(
        "This quiz goes forward only: its questions come one after the other. Reload the page to go on."
    )


def time_limit_of(quiz: Quiz, allowance: Allowance = USUAL) -> timedelta | None:
    """The person's own limit, exact to the microsecond; None without one."""
    if not quiz.time_limit_minutes:
        return None
    return timedelta(microseconds=quiz.time_limit_minutes * 600_000 * (100 + allowance.extra_time))


def minutes_of(quiz: Quiz, allowance: Allowance) -> str:
    """The person's own limit in words, such as 60 minutes; "" without one."""
    limit = time_limit_of(quiz, allowance)
    return length_in_words(round(limit.total_seconds())) if limit else ""


def deadline_of(quiz: Quiz, start: datetime, allowance: Allowance = USUAL) -> datetime | None:
    """Start plus the person's own limit, by the server's clock. Nothing else ends an attempt."""
    limit = time_limit_of(quiz, allowance)
    return start + limit if limit else None


def clock_stands_until(deadline: datetime, *, began: datetime | None, ends: datetime | None, now: datetime) -> datetime:
    """The deadline as it is at this moment of a break: it moves along until she goes on, or until no break is left."""
    if began is None or ends is None:
        return deadline
    return deadline + (min(now, ends) - began)


def length_in_words(seconds: int) -> str:
    """1 minute, 45 seconds, 52 minutes and 30 seconds."""
    parts = [(seconds // 60, "minute"), (seconds % 60, "second")]
    return " and ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def is_overdue(deadline: datetime | None, now: datetime, *, grace: timedelta) -> bool:
    """Answers are taken up to and including the end of the grace period, for those who are sent in the last second."""
    return deadline is not None and now > deadline + grace


def may_explain(state: StartState) -> bool:
    """While an attempt is open, the feedback of earlier ones is put away."""
    return state.kind != Start.OPEN


def may_reveal(state: StartState) -> bool:
    """Right answers are shown after passing, or when no attempt is left that they could help."""
    return state.kind in (Start.PASSED, Start.NONE_LEFT)


def can_read_results(user, enrolment) -> bool:
    """The trainee; directors, and faculty of her cohort or program. A registrar sees the standing, not the answers."""
    return user.pk == enrolment.person_id or can_read_results_of_others(user, enrolment)


def can_act_on_attempts(user, enrolment) -> bool:
    """Giving time back, annulling, granting another attempt: whoever reads the results of others."""
    return can_read_results_of_others(user, enrolment)


def can_accommodate(user, enrolment) -> bool:
    """Directors of the institute or of the program alone: why somebody needs it concerns nobody else. Never one's own."""
    return has_role(user, Role.DIRECTOR, program=enrolment.program_id) and user.pk != enrolment.person_id


def can_read_results_of_others(user, enrolment) -> bool:
    reach = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    is_staff = has_role(user, Role.DIRECTOR, **reach) or has_role(user, Role.FACULTY, **reach)
    return is_staff and user.pk != enrolment.person_id
