"""Asking for another attempt when none is left, granting one and declining. The row of the request is locked to decide."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.attempts import locked_enrolment
from assessments.enums import LONGEST_REQUEST, REQUEST_MOVES, RequestState
from assessments.models import AttemptRequest
from assessments.queries import allowance_of, attempts_at, granted_of, past_of, quiz_of_body
from assessments.requests.queries import deciders_of
from assessments.rules import Start, StartState, can_act_on_attempts, start_state
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import current_body_id
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import may_act_on
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.guard import sentence_against
from lms.notices.actions import notify

LATEST_DAY = timedelta(days=366)


@transaction.atomic
def ask_for_attempt(
    enrolment: Enrolment, item: EditionItem, *, by: User, reason: str, done: str = ""
) -> AttemptRequest:
    """Ask for one more attempt, when none is left and the quiz is not passed. One question at a time stands open."""
    enrolment = locked_enrolment(enrolment.pk, item.slug)
    if by.pk != enrolment.person_id or item.edition_id != enrolment.edition_id:
        raise Refusal("This quiz belongs to somebody else's curriculum.")
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refusal("Your enrolment is not active, so no attempt can be asked for now.")
    if AttemptRequest.objects.filter(enrolment=enrolment, activity=item.activity_id, state=RequestState.OPEN).exists():
        raise IllegalMove("You have asked already, and your faculty has not answered yet.")
    if _standing(enrolment, item).kind != Start.NONE_LEFT:
        raise Refusal("Another attempt can be asked for once none is left. Reload the page to see where you stand.")
    request = AttemptRequest.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        item=item,
        reason=_checked(reason, "Say in a few words why you ask."),
        done=_checked(done),
        asked_at=timezone.now(),
    )
    record("assessments.request.asked", by=by, about=request, enrolment=enrolment.pk)
    _tell_deciders(request)
    return request


@transaction.atomic
def grant_attempt(
    request: AttemptRequest, *, by: User, not_before: date | None = None, answer: str = ""
) -> AttemptRequest:
    """One more attempt at this quiz for her alone, from the beginning of a day in the program's zone.

    Of two who decide at once the second is refused, so that one request is never two attempts.
    """
    request = _to_decide(request, by)
    day = _beginning_of(not_before, request)
    if _standing(request.enrolment, request.item).kind != Start.NONE_LEFT:
        raise Refusal("She has an attempt left by now, or has passed. Decline the request and tell her so.")
    request.not_before = day
    return _decide(request, RequestState.GRANTED, by=by, answer=_checked(answer), also=["not_before"])


@transaction.atomic
def decline_attempt(request: AttemptRequest, *, by: User, answer: str) -> AttemptRequest:
    """No further attempt, with a reason that she reads. She may ask again."""
    request = _to_decide(request, by)
    return _decide(request, RequestState.DECLINED, by=by, answer=_checked(answer, "Say why. The trainee reads it."))


def _to_decide(request: AttemptRequest, by: User) -> AttemptRequest:
    rows = AttemptRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("enrolment__person", "enrolment__program", "item").get(pk=request.pk)
    if not (can_act_on_attempts(by, request.enrolment) and may_act_on(by, request.enrolment.person)):
        raise Refusal("Only faculty of the cohort and program directors decide this, never about their own attempts.")
    if not request.is_open:
        raise IllegalMove("This request is decided already. Reload the page to see by whom.")
    return request


def _decide(
    request: AttemptRequest, new: RequestState, *, by: User, answer: str, also: list[str] | None = None
) -> AttemptRequest:
    old = RequestState(request.state)
    if new not in REQUEST_MOVES[old]:
        raise IllegalMove("This request is decided already. Reload the page to see by whom.")
    request.state, request.answer, request.decided_at, request.decided_by = new, answer, timezone.now(), by
    request.save(update_fields=["state", "answer", "decided_at", "decided_by", *(also or [])])
    record(
        f"assessments.request.{new.value}",
        by=by,
        about=request,
        old=old.value,
        enrolment=request.enrolment_id,
        not_before=request.not_before,
    )
    notify(
        request.enrolment.person,
        key=f"attempt-request-{request.pk}-decided",
        subject="About one of your quizzes",
        text="Your faculty has answered what you asked about one of your quizzes. You read the answer on its first page.",
        path=reverse("quiz_intro", args=[request.enrolment_id, request.item.slug]),
        button="Read the answer",
    )
    return request


def _tell_deciders(request: AttemptRequest) -> None:
    """At most one mail a day says that somebody asks; the queue says who, and at which quiz."""
    for person in deciders_of(request.enrolment):
        notify(
            person,
            key=f"attempt-requests-{person.pk}-{request.asked_at:%Y-%m-%d}",
            subject="A request waits for your decision",
            text="Somebody you teach asks for another attempt at a quiz. It waits until you have decided.",
            path=reverse("desk_requests"),
            button="Open the requests",
        )


def _standing(enrolment: Enrolment, item: EditionItem) -> StartState:
    """Where she stands with this quiz now. Whoever may start an attempt has no need of another one."""
    attempts = attempts_at(enrolment, item.activity_id)
    return start_state(
        quiz_of_body(current_body_id(item)),
        past_of(attempts),
        is_active=True,
        now=timezone.now(),
        more_attempts=allowance_of(enrolment).extra_attempts,
        granted=granted_of(attempts),
    )


def _beginning_of(day: date | None, request: AttemptRequest) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(request.enrolment.program.time_zone)
    today = timezone.localdate(timezone=zone)
    if not today <= day <= today + LATEST_DAY:
        raise Refusal("The day from which it can be started lies between today and a year from now.")
    return datetime.combine(day, time.min, tzinfo=zone)


def _checked(text: str, missing: str = "") -> str:
    text = text.strip()
    if missing and not text:
        raise Refusal(missing)
    if len(text) > LONGEST_REQUEST:
        raise Refusal(f"Write at most {LONGEST_REQUEST} characters.")
    if sentence := sentence_against(text):
        raise Refusal(sentence)
    return text
