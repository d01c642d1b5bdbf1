"""What waits to be marked, and by whom. Fetching is the permission check."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from assessments.enums import AttemptState
from assessments.kinds import kind_of
from assessments.models import Attempt, Marking
from assessments.queries import WITH, attempts_for, quiz_of
from assessments.rules import can_read_results_of_others
from courses.enrolment.queries import enrolments_for

IS_WAITING = Q(state=AttemptState.AWAITING)


@dataclass(frozen=True)
class ToMark:
    """One answer of an attempt that a person marks. `marking` is None until somebody has."""

    slot: int
    question: Mapping[str, Any]
    text: str
    marking: Marking | None

    @property
    def criteria(self) -> list[str]:
        return self.question["data"].get("criteria", [])


def attempts_to_mark(user) -> QuerySet[Attempt]:
    """Those of other people within the reach of a director or faculty, without people behind a barrier; the oldest first."""
    waiting = attempts_for(user).filter(IS_WAITING).exclude(enrolment__person=user.pk)
    return waiting.order_by("submitted_at", "id")


def attempt_to_mark(user, pk: int) -> Attempt:
    """One of them, also when it is marked already. `Http404` for strangers, `PermissionDenied` for other members."""
    seen = enrolments_for(user).order_by().values("pk")
    handed_in = Attempt.objects.filter(enrolment__in=seen).exclude(state=AttemptState.IN_PROGRESS)
    attempt = get_object_or_404(handed_in.select_related(*WITH), pk=pk)
    if not can_read_results_of_others(user, attempt.enrolment):
        raise PermissionDenied
    return attempt


def answers_to_mark(attempt: Attempt) -> list[ToMark]:
    """Every answer of the attempt that a person marks, in order. What was left out earns nothing and is not among them."""
    questions, markings = quiz_of(attempt).questions, markings_of(attempt)
    drawn = {slot["slot"]: slot for slot in attempt.draw}
    return [
        ToMark(
            slot=row["slot"],
            question=questions[row["question"]],
            text=row["response"]["text"],
            marking=markings.get(row["slot"]),
        )
        for row in attempt.result
        if row["response"] is not None
        and row["slot"] in drawn
        and kind_of(questions[row["question"]]["kind"]).is_marked_by_hand
    ]


def markings_of(attempt: Attempt) -> dict[int, Marking]:
    return {marking.slot: marking for marking in attempt.markings.select_related("by")}


def points_given(attempt: Attempt) -> dict[int, Fraction]:
    """By slot, what persons have given so far."""
    return {slot: Fraction(points) for slot, points in attempt.markings.values_list("slot", "points")}


def waits_for_marks_since() -> Subquery:
    """Since when the oldest attempt in the whole institute waits; without one nobody is asked for more.

    The oldest rather than any: where nothing waits, a database that looks for any reads all attempts there are.
    """
    return Subquery(Attempt.objects.filter(IS_WAITING).order_by("submitted_at").values("submitted_at")[:1])
