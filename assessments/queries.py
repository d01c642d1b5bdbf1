"""Reads of quizzes and attempts. Fetching is the permission check."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, When
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.enums import CLOSED, AttemptState, RequestState, TimeCause
from assessments.events.queries import last_device
from assessments.models import Accommodation, Answer, Attempt, AttemptMove, AttemptRequest, QuestionVersion, TimeGiven
from assessments.quiz import Quiz
from assessments.rules import NO_GRANT, USUAL, Allowance, Granted, Past, can_read_results
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, Body, EditionItem
from courses.curriculum.queries import current_body_id
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import enrolment_for, enrolments_for
from courses.learning.queries import item_for
from courses.standards.marks import newest_of
from lms.accounts.enums import Role, Scope
from lms.accounts.queries import scope_ids
from lms.uptime.models import Outage
from lms.web.aggregates import JoinedRows
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery

WITH = ("enrolment__person", "enrolment__program", "enrolment__cohort", "activity", "item")
READERS = (Role.DIRECTOR, Role.FACULTY)


def attempts_for(user) -> models.QuerySet[Attempt]:
    """Her own; for directors and faculty those of the people within their reach, without people behind a barrier."""
    if not user.is_authenticated:
        return Attempt.objects.none()
    reach = Q(enrolment__person=user.pk) | taught_by(user)
    seen = enrolments_for(user).order_by().values("pk")
    return Attempt.objects.filter(reach, enrolment__in=seen).select_related(*WITH)


def taught_by(user) -> Q:
    """Rows of an enrolment that a director or faculty reads by her roles; barriers are another condition."""
    reach = Q(pk__in=[])
    for role in READERS:
        programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
        if programs is None:
            return ~Q(pk__in=[])
        reach |= Q(enrolment__program__in=programs) | Q(enrolment__cohort__in=cohorts)
    return reach


def closed_attempts_of_others(user) -> models.QuerySet[Attempt]:
    """What staff read in the list of results, newest first: also what waits to be marked, and what was annulled."""
    others = attempts_for(user).exclude(state=AttemptState.IN_PROGRESS).exclude(enrolment__person=user.pk)
    return others.defer("draw", "result").order_by("-submitted_at", "-id")


def own_enrolment(user, pk: int) -> Enrolment:
    """Raises `Http404` for strangers and `PermissionDenied` for staff: she alone takes a quiz or hands in an assignment."""
    enrolment = enrolment_for(user, pk)
    if enrolment.person_id != user.pk:
        raise PermissionDenied
    return enrolment


def own_attempt(user, pk: int) -> Attempt:
    """The trainee's own attempt with its questions. `Http404` for strangers, `PermissionDenied` for staff."""
    found = _own_attempt(pk=pk, person=user.pk)
    if not found:
        readable_attempt(user, pk)
        raise PermissionDenied
    found[0].enrolment.person = user
    return found[0]


_own_attempt = PreparedQuery(
    lambda pk, person: (
        Attempt.objects.filter(pk=pk, enrolment__person=person)
        .select_related("enrolment__program", "enrolment__cohort", "activity", "item")
        .annotate(is_large_print=has_large_print(), last_device=last_device())
    ),
    pk=models.BigIntegerField(),
    person=models.BigIntegerField(),
)


def readable_attempt(user, pk: int) -> Attempt:
    """An attempt whose result the person may read. `Http404` for strangers, `PermissionDenied` for other members."""
    attempt = get_object_or_404(
        Attempt.objects.filter(enrolment__in=enrolments_for(user).order_by().values("pk")).select_related(*WITH),
        pk=pk,
    )
    if not can_read_results(user, attempt.enrolment):
        raise PermissionDenied
    return attempt


def quiz_item(enrolment: Enrolment, slug: str) -> EditionItem:
    """The quiz at this place of the trainee's edition. Raises `Http404`."""
    item = item_for(enrolment, slug)
    if item.activity.kind != ActivityKind.QUIZ:
        raise Http404
    return item


@remember(seconds=3600, most=200)
def quiz_of_body(body_id: int) -> Quiz:
    """The quiz that a body holds; asked of the database once per process, for a body never changes. Only to be read."""
    return Quiz(Body.objects.values_list("source", flat=True).get(pk=body_id))


def quiz_of(attempt: Attempt) -> Quiz:
    """The exact questions and rules of an attempt."""
    return quiz_of_body(attempt.body_id)


def current_quiz(attempt: Attempt) -> Quiz:
    """The quiz as the trainee would sit it now: its rules decide what may be shown of earlier attempts."""
    items = EditionItem.objects.filter(edition=attempt.enrolment.edition_id, activity=attempt.activity_id)
    item = items.first()
    return quiz_of_body(current_body_id(item) if item else attempt.body_id)


_answers = PreparedQuery(lambda attempt: Answer.objects.filter(attempt=attempt), attempt=models.BigIntegerField())


def answers_of(attempt: Attempt) -> dict[int, Answer]:
    return {answer.slot: answer for answer in _answers(attempt=attempt.pk)}


def attempts_at(enrolment: Enrolment | int, activity: Activity | int) -> list[Attempt]:
    """Every attempt of one trainee at one quiz, over all editions, in order; each brings along what `granted_of` asks."""
    return _attempts_at(enrolment=_id(enrolment), activity=_id(activity))


_attempts_at = PreparedQuery(
    lambda enrolment, activity: (
        Attempt.objects.filter(enrolment=enrolment, activity=activity)
        .defer("draw", "result")
        .annotate(**granted_attempts())
        .order_by("number")
    ),
    enrolment=models.BigIntegerField(),
    activity=models.BigIntegerField(),
)


def _id(row: models.Model | int) -> int:
    return row.pk if isinstance(row, models.Model) else row


def granted_attempts() -> dict[str, models.Subquery]:
    """How many further attempts at its quiz were granted to the trainee of an attempt, and the day of the last one."""
    whose = {"enrolment": OuterRef("enrolment"), "activity": OuterRef("activity")}
    granted = AttemptRequest.objects.filter(**whose, state=RequestState.GRANTED).order_by()
    return {
        "granted": models.Subquery(granted.values("activity").annotate(all=Count("pk")).values("all")),
        "granted_from": models.Subquery(granted.order_by("-id").values("not_before")[:1]),
    }


def granted_of(attempts: list[Attempt]) -> Granted:
    """What she was granted beside the rules of the quiz, of the attempts as `attempts_at` gives them: nobody asks before
    she has used them up."""
    return Granted(attempts[0].granted or 0, attempts[0].granted_from) if attempts else NO_GRANT


def past_of(attempts: list[Attempt]) -> list[Past]:
    """An annulled attempt never was, for any rule about the next one."""
    counting = [attempt for attempt in attempts if not attempt.is_annulled]
    return [Past(one.is_open, bool(one.passed), one.submitted_at, one.is_awaiting) for one in counting]


def overdue_attempts(now: datetime) -> models.QuerySet[Attempt]:
    """Those whose deadline is over; whether the grace period of their quiz is, each of them says itself."""
    return Attempt.objects.filter(state=AttemptState.IN_PROGRESS, deadline__lt=now).order_by("id")


def attempts_cut_by(outage: Outage) -> list[int]:
    """The open attempts that an outage took time from and that were not given it back."""
    open_then = Attempt.objects.filter(state=AttemptState.IN_PROGRESS, deadline__gt=outage.began_at)
    given = TimeGiven.objects.filter(attempt=OuterRef("pk"), outage=outage)
    return list(open_then.filter(~Exists(given), started_at__lt=outage.ended_at).values_list("pk", flat=True))


def break_left_of(attempt: Attempt) -> int:
    """Seconds of break that she has not taken yet. No query for whoever has none."""
    if not attempt.break_minutes:
        return 0
    taken = attempt.time_given.filter(cause=TimeCause.BREAK).aggregate(all=models.Sum("seconds"))["all"] or 0
    return max(0, attempt.break_minutes * 60 - taken)


def open_attempts_of(user) -> list[tuple[int, str, datetime | None]]:
    """The quizzes that a person has begun and not submitted: attempt, title and deadline, the oldest first."""
    return _open_attempts(person=user.pk)


_open_attempts = PreparedQuery(
    lambda person: (
        Attempt.objects.filter(enrolment__person=person, state=AttemptState.IN_PROGRESS)
        .order_by("id")
        .values_list("pk", "item__title", "deadline")
    ),
    person=models.BigIntegerField(),
)


def has_open_quiz() -> Exists:
    """Whether a person (`OuterRef("pk")`) has begun a quiz and not submitted it."""
    mine = Attempt.objects.filter(enrolment__person=OuterRef("pk"), state=AttemptState.IN_PROGRESS)
    return Exists(mine.order_by())


def tries_at_quizzes() -> models.Subquery:
    """For outlines: every attempt of an enrolment, see `ActivityView.progress`."""
    score = Case(When(state__in=CLOSED, then="score"))
    tries = JSONObject(activity="activity_id", done="passed", score=score)
    attempts = Attempt.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return models.Subquery(attempts.annotate(tries=JoinedRows(tries)).values("tries"))


def state_once_marked(attempt: Attempt) -> AttemptState:
    """What an attempt that waits to be marked becomes: the clock had closed it when nobody's name stands by its last move."""
    move = attempt.moves.filter(new=AttemptState.AWAITING).order_by("-id").first()
    return AttemptState.EXPIRED if move is None or move.by_id is None else AttemptState.SUBMITTED


def accommodation_in_force() -> models.Subquery:
    """What was agreed with the person of an enrolment for its program, along with the enrolment's row; see `allowance_of`."""
    agreed = Accommodation.objects.filter(person=OuterRef("person"), program=OuterRef("program"), ended_at=None)
    return models.Subquery(agreed.order_by().values(all=JSONObject(**{name: name for name in ALLOWED}))[:1])


ALLOWED = ("extra_time", "extra_attempts", "break_minutes", "large_print")


def has_large_print() -> Exists:
    """Whether large print was agreed with the person of an attempt, for its program."""
    whose = {"person": OuterRef("enrolment__person"), "program": OuterRef("enrolment__program")}
    return Exists(Accommodation.objects.filter(**whose, ended_at=None, large_print=True).order_by())


def allowance_of(enrolment: Enrolment) -> Allowance:
    """No query if it came along as `accommodation`."""
    if not hasattr(enrolment, "accommodation"):
        rows = Enrolment.objects.filter(pk=enrolment.pk).order_by()
        enrolment.accommodation = rows.values_list(accommodation_in_force(), flat=True).get()
    agreed = enrolment.accommodation
    return (
        Allowance(**{name: agreed[name] for name in ALLOWED} | {"large_print": bool(agreed["large_print"])})
        if agreed
        else USUAL
    )


def accommodation_for(enrolment: Enrolment) -> Accommodation | None:
    """The one in force, with its reason: for directors of the program."""
    return accommodations_of(enrolment).filter(ended_at=None).first()


def accommodations_of(enrolment: Enrolment) -> models.QuerySet[Accommodation]:
    """Every one that this person ever had in this program, newest first."""
    rows = Accommodation.objects.filter(person=enrolment.person_id, program=enrolment.program_id)
    return rows.select_related("granted_by", "ended_by").order_by("-id")


def accommodations_for(user) -> models.QuerySet[Enrolment]:
    """The people for whom something was agreed, in the programs that she directs, without those behind a barrier.

    Enrolments, each with the accommodation in force as `accommodation`; one for each person and program, the newest.
    """
    programs = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM)
    reach = Q() if programs is None else Q(program__in=programs)
    agreed = Accommodation.objects.filter(person=OuterRef("person"), program=OuterRef("program"), ended_at=None)
    later = Enrolment.objects.filter(person=OuterRef("person"), program=OuterRef("program"), pk__gt=OuterRef("pk"))
    rows = enrolments_for(user).filter(reach).filter(Exists(agreed), ~Exists(later)).exclude(person=user.pk)
    return rows.annotate(accommodation=accommodation_in_force()).order_by("person__display_name", "pk")


def quizzes_passed(enrolments: Sequence[int], as_of: datetime) -> list[tuple[int, int, datetime]]:
    """Enrolment, activity and the moment of the first pass, of every quiz passed by then."""
    passed = Attempt.objects.filter(enrolment__in=enrolments, state__in=CLOSED, passed=True, submitted_at__lte=as_of)
    return list(passed.order_by().values_list("enrolment_id", "activity_id").annotate(first=Min("submitted_at")))


def newest_attempt_move() -> models.Subquery:
    """A mark of evidence: no attempt is closed without a move."""
    return newest_of(AttemptMove, enrolment="attempt__enrolment")


def closed_attempts_of(enrolment: Enrolment) -> models.QuerySet[Attempt]:
    """One trainee's results, newest first: also what waits to be marked, and what was annulled."""
    closed = Attempt.objects.filter(enrolment=enrolment).exclude(state=AttemptState.IN_PROGRESS).select_related(*WITH)
    return closed.defer("draw", "result").order_by("-submitted_at", "-id")


def newest_versions(question_ids: list[int]) -> dict[int, QuestionVersion]:
    """The newest version of each question, by the question's id."""
    newest = QuestionVersion.objects.filter(question__in=question_ids).values("question").annotate(newest=Max("number"))
    wanted = {row["question"]: row["newest"] for row in newest}
    versions = QuestionVersion.objects.filter(question__in=question_ids).select_related("question")
    return {version.question_id: version for version in versions if version.number == wanted[version.question_id]}
