"""Which quizzes' statistics a person reads, and the first attempts they are made of: a fixed number of queries."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from assessments.enums import CLOSED
from assessments.models import Answer, Attempt
from assessments.queries import READERS
from assessments.statistics.items import Sat
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity
from courses.enrolment.models import Cohort
from lms.accounts.enums import Scope
from lms.accounts.queries import roles_of, scope_ids

MOST_PEOPLE = 2000


def quizzes_with_statistics(user) -> QuerySet[Activity]:
    """The quizzes of the programs in which a director or faculty works, with `people`: how many sat it at least once.

    The figures are of a whole program, whoever teaches which cohort: they name nobody, and a cohort alone says too little.
    Raises `PermissionDenied` for everybody else.
    """
    if not roles_of(user) & set(READERS):
        raise PermissionDenied
    quizzes = Activity.objects.filter(_within(user), kind=ActivityKind.QUIZ).select_related("program")
    people = Count("attempts__enrolment", filter=Q(attempts__state__in=CLOSED), distinct=True)
    return quizzes.annotate(people=people).order_by("program__title", "title", "id")


def quiz_with_statistics(user, pk: int) -> Activity:
    """Raises `Http404` for a quiz of a program in which the person does not work."""
    return get_object_or_404(quizzes_with_statistics(user), pk=pk)


def _within(user) -> Q:
    reach = Q(pk__in=[])
    for role in READERS:
        programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
        if programs is None:
            return ~Q(pk__in=[])
        taught = Cohort.objects.filter(pk__in=cohorts, program=OuterRef("program"))
        reach |= Q(program__in=programs) | Q(Exists(taught))
    return reach


def first_attempts(quiz: Activity) -> list[Attempt]:
    """The first graded attempt of each person, the newest first, of at most `MOST_PEOPLE`.

    A later attempt says what somebody learned from the first, so it says less about the question.
    """
    graded = Attempt.objects.filter(activity=quiz, state__in=CLOSED)
    earlier = graded.filter(enrolment=OuterRef("enrolment"), number__lt=OuterRef("number"))
    first = graded.filter(~Exists(earlier.order_by()))
    return list(first.only("draw", "result", "started_at", "body").order_by("-submitted_at", "-id")[:MOST_PEOPLE])


def sittings_of(attempts: list[Attempt]) -> list[Sat]:
    """With the times at which the answers were saved: one query for all of them."""
    saved: dict[int, dict] = {attempt.pk: {} for attempt in attempts}
    rows = Answer.objects.filter(attempt__in=saved).order_by().values_list("attempt_id", "slot", "saved_at")
    for attempt, slot, at in rows.iterator():
        saved[attempt][slot] = at
    return [Sat(each.started_at, each.draw, each.result, saved[each.pk]) for each in attempts]
