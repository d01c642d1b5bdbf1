"""What staff see of attempts that are under way. Fetching is the permission check."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404

from assessments.enums import AttemptState
from assessments.models import Attempt, AttemptMove
from assessments.queries import attempts_for, readable_attempt
from assessments.rules import can_act_on_attempts
from courses.enrolment.models import Cohort
from courses.enrolment.queries import cohorts_for
from lms.accounts.enums import Role
from lms.accounts.queries import has_role


@dataclass(frozen=True)
class QuizNow:
    """A quiz that people of one cohort sit now."""

    activity: int
    title: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_timed(self) -> bool:
        return any(attempt.deadline for attempt in self.attempts)


def can_invigilate(user, cohort: Cohort) -> bool:
    """Directors and faculty of the cohort, of its program or of the institute."""
    reach = {"program": cohort.program_id, "cohort": cohort.pk}
    return has_role(user, Role.DIRECTOR, **reach) or has_role(user, Role.FACULTY, **reach)


def cohort_to_invigilate(user, pk: int) -> Cohort:
    """`Http404` beyond her reach, `PermissionDenied` for a registrar."""
    cohort = get_object_or_404(cohorts_for(user), pk=pk)
    if not can_invigilate(user, cohort):
        raise PermissionDenied
    return cohort


def open_attempts_in(cohort: Cohort, user, *, activity_id: int | None = None) -> list[Attempt]:
    """The open attempts of a cohort's people whom she may read, without her own, those that end first first."""
    rows = attempts_for(user).filter(enrolment__cohort=cohort, state=AttemptState.IN_PROGRESS)
    if activity_id is not None:
        rows = rows.filter(activity=activity_id)
    rows = rows.exclude(enrolment__person=user.pk).defer("draw", "result")
    return list(rows.order_by(F("deadline").asc(nulls_last=True), "id"))


def quizzes_now(cohort: Cohort, user) -> list[QuizNow]:
    """One query."""
    found: dict[int, QuizNow] = {}
    for attempt in open_attempts_in(cohort, user):
        quiz = found.setdefault(attempt.activity_id, QuizNow(attempt.activity_id, attempt.item.title))
        quiz.attempts.append(attempt)
    return sorted(found.values(), key=lambda quiz: (quiz.title, quiz.activity))


def attempt_to_act_on(user, pk: int) -> Attempt:
    """`Http404` for strangers; `PermissionDenied` for other members, and for her own."""
    attempt = readable_attempt(user, pk)
    if not can_act_on_attempts(user, attempt.enrolment):
        raise PermissionDenied
    return attempt


def history_of(attempt: Attempt) -> list[AttemptMove]:
    return list(attempt.moves.select_related("by").order_by("-id"))
