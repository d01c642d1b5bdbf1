"""Marking by hand. The attempt's row is locked; its last mark grades it."""

from collections.abc import Sequence
from fractions import Fraction

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.attempts import locked_attempt
from assessments.enums import MOVES, AttemptState
from assessments.grading import Graded, grade
from assessments.marking.queries import answers_to_mark, points_given
from assessments.models import Attempt, AttemptMove, Marking
from assessments.queries import quiz_of, state_once_marked
from assessments.regrading.queries import rulings_for
from assessments.rules import can_read_results_of_others
from courses.enrolment.queries import may_act_on
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify


class AlreadyMarked(Refusal):
    """Somebody else was first; nothing of the second mark is saved."""

    code = "already_marked"


@transaction.atomic
def mark_answer(
    attempt: Attempt, *, slot: int, points: Fraction, steps: Sequence[str] = (), words: str, by: User
) -> Attempt:
    """Give one answer its points, for good. Of two markers at once the first wins, and the other is told who it was.

    The last mark grades the attempt and tells its trainee. Raises `AlreadyMarked`, `IllegalMove` or `Refusal`.
    """
    attempt = locked_attempt(attempt.pk)
    if not (can_read_results_of_others(by, attempt.enrolment) and may_act_on(by, attempt.enrolment.person)):
        raise Refusal("Only faculty of the cohort and program directors mark an answer, never one's own.")
    answer = next((answer for answer in answers_to_mark(attempt) if answer.slot == slot), None)
    if answer is None:
        raise Refusal("This question was not answered, or is not marked by a person.")
    if answer.marking:
        raise AlreadyMarked(f"{answer.marking.by} has marked this answer already. What you wrote was not saved.")
    if not attempt.is_awaiting:
        raise IllegalMove("This attempt does not wait to be marked any more. Reload the page to see why.")
    Marking.objects.create(
        attempt=attempt, slot=slot, points=str(points), steps=list(steps), words=words, by=by, at=timezone.now()
    )
    record("assessments.answer.marked", by=by, about=attempt, slot=slot, points=str(points))
    return settle(attempt, by=by)


@transaction.atomic
def settle(attempt: Attempt, *, by: User) -> Attempt:
    """Write the marks into a locked attempt that waits, and grade it if none is missing. Nothing else about it changes."""
    graded = graded_so_far(attempt)
    attempt.result = graded.rows
    if graded.outcome is None:
        attempt.save(update_fields=["result"])
        return attempt
    old, new = AttemptState(attempt.state), state_once_marked(attempt)
    if new not in MOVES[old]:
        raise IllegalMove("This attempt does not wait to be marked any more.")
    attempt.state, attempt.graded_at = new, timezone.now()
    attempt.set_outcome(graded.outcome)
    attempt.save(update_fields=["state", "graded_at", "score", "passed", "failed_critical", "result"])
    AttemptMove.objects.create(attempt=attempt, old=old, new=new, by=by, at=attempt.graded_at)
    said = {"score": str(attempt.score), "passed": attempt.passed, "failed_critical": attempt.failed_critical}
    record("assessments.attempt.marked", by=by, about=attempt, number=attempt.number, **said)
    notify(
        attempt.enrolment.person,
        key=f"attempt-{attempt.pk}-marked",
        subject="Your quiz is marked",
        text=f"Everything you wrote in {attempt.item.title} is marked, and your result is complete.",
        path=reverse("quiz_result", args=[attempt.pk]),
        button="See the result",
    )
    return attempt


def graded_so_far(attempt: Attempt) -> Graded:
    quiz = quiz_of(attempt)
    responses = {row["slot"]: row["response"] for row in attempt.result}
    return grade(quiz, attempt.draw, responses, rulings=rulings_for(quiz), marked=points_given(attempt))
