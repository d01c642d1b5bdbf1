"""Which rulings are in force, which attempts asked a version, and who may regrade it."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404

from assessments.grading import VersionKey
from assessments.models import Attempt, QuestionVersion, Regrade, RegradedAttempt
from assessments.quiz import Quiz
from assessments.regrading.rulings import Made, Ruling, ruling_of, rulings_of
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Body, EditionItem
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role, is_director


def rulings_for(*quizzes: Quiz) -> dict[VersionKey, Ruling]:
    """By key and version, of every version in these quizzes that was regraded. One query."""
    return rulings_of(regrades_for(*quizzes))


def regrades_for(*quizzes: Quiz) -> dict[VersionKey, list[Made]]:
    """The regrades of every version in these quizzes, the earliest first. One query."""
    asked = {(question["key"], question["version"]) for quiz in quizzes for question in quiz.questions.values()}
    rows = Regrade.objects.filter(version__question__key__in={key for key, _ in asked}).order_by("id")
    found: dict[VersionKey, list[Made]] = {}
    for key, number, *made in rows.values_list("version__question__key", "version__number", "pk", "change", "key"):
        if (key, number) in asked:
            found.setdefault((key, number), []).append(tuple(made))
    return found


def kept_from(attempts: Iterable[int]) -> dict[int, set[int]]:
    """Of each attempt the regrades that left it as it was, so that a pass stayed. One query."""
    found: dict[int, set[int]] = {}
    rows = RegradedAttempt.objects.filter(attempt__in=attempts, is_kept=True).order_by()
    for attempt, regrade in rows.values_list("attempt_id", "regrade_id"):
        found.setdefault(attempt, set()).add(regrade)
    return found


def bodies_that_ask(version: QuestionVersion) -> list[int]:
    """Every frozen quiz that holds exactly this version, of all editions: its hash stands in the source."""
    bodies = Body.objects.filter(kind=ActivityKind.QUIZ).annotate(text=Cast("source", TextField()))
    return list(bodies.filter(text__contains=version.hash).order_by("id").values_list("pk", flat=True))


def attempts_that_asked(version: QuestionVersion, bodies: Iterable[int]) -> QuerySet[Attempt]:
    """Attempts at these quizzes, of whom some may not have drawn the question."""
    return Attempt.objects.filter(body__in=bodies).select_related("enrolment__person", "item").order_by("id")


def was_asked(attempt: Attempt, version: QuestionVersion) -> bool:
    return any(drawn["question"] == version.question.key for drawn in attempt.draw)


def version_to_regrade(user: User, key: str, number: int) -> QuestionVersion:
    """For program directors. `Http404` where none of a director's programs asks it, `PermissionDenied` for anybody else,
    and where programs ask it that are not hers: a regrade changes results in all of them."""
    if not is_director(user):
        raise PermissionDenied
    versions = QuestionVersion.objects.select_related("question")
    version = get_object_or_404(versions, question__key=key, number=number)
    programs = programs_that_ask(bodies_that_ask(version))
    hers = [program for program in programs if has_role(user, Role.DIRECTOR, program=program)]
    if not hers:
        raise Http404
    if len(hers) < len(programs):
        raise PermissionDenied
    return version


def ruling_in_force(version: QuestionVersion) -> Ruling:
    """How a version counts now."""
    return ruling_of([(row.change, row.key) for row in version.regrades.order_by("id")])


def programs_that_ask(bodies: Iterable[int]) -> list[int]:
    items = EditionItem.objects.filter(Q(body__in=bodies) | Q(errata__new_body__in=bodies))
    return list(items.order_by("edition__program").values_list("edition__program", flat=True).distinct())


def regrades_of(version: QuestionVersion) -> QuerySet[Regrade]:
    """The history of a version, newest first, with `changed` results and `kept` passes."""
    kept = Q(attempts__is_kept=True)
    counted = {"changed": Count("attempts", filter=~kept), "kept": Count("attempts", filter=kept)}
    return version.regrades.select_related("by").annotate(**counted).order_by("-id")
