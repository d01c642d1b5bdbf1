"""Grading an attempt: the rows of its result and the outcome, from what was asked, answered and ruled. Pure.

There is one way to the outcome of an attempt, whether it is being closed, marked or regraded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.kinds import kind_of
from assessments.quiz import Quiz
from assessments.regrading.rulings import AS_FROZEN, Ruling, points_of
from assessments.scoring import Mark, Outcome, outcome_of

VersionKey = tuple[str, int]


@dataclass(frozen=True)
class Graded:
    """`outcome` is None while a person has to mark something."""

    rows: list[dict[str, Any]]
    outcome: Outcome | None


def grade(
    quiz: Quiz,
    draw: Sequence[Mapping[str, Any]],
    responses: Mapping[int, dict | None],
    *,
    rulings: Mapping[VersionKey, Ruling],
    marked: Mapping[int, Fraction] | None = None,
) -> Graded:
    """`responses` by slot, `rulings` by key and version, `marked` by slot: the points that a person has given."""
    rows, marks = [], []
    for drawn in draw:
        question = quiz.questions[drawn["question"]]
        ruling = rulings.get((question["key"], question["version"]), AS_FROZEN)
        response = responses.get(drawn["slot"])
        points = _points(question, drawn, response, ruling, (marked or {}).get(drawn["slot"]))
        rows.append(_row(question, drawn["slot"], response, points))
        marks.append(Mark(drawn["slot"], points, critical=question["critical"], counts=ruling.counts))
    return Graded(rows, outcome_of(marks, pass_percent=quiz.pass_percent))


def _points(
    question: Mapping[str, Any], drawn: Mapping, response: dict | None, ruling: Ruling, given: Fraction | None
) -> Fraction | None:
    if ruling.is_full or given is None or not kind_of(question["kind"]).is_marked_by_hand:
        return points_of(question, drawn, response, ruling)
    return given


def _row(question: Mapping[str, Any], slot: int, response: dict | None, points: Fraction | None) -> dict[str, Any]:
    return {
        "slot": slot,
        "question": question["key"],
        "version": question["version"],
        "critical": question["critical"],
        "response": response,
        "points": None if points is None else str(points),
    }


def marked_in(result: Sequence[Mapping[str, Any]], quiz: Quiz) -> dict[int, Fraction]:
    """The points that persons have given so far, by slot, of a result that was graded before."""
    return {
        row["slot"]: Fraction(row["points"])
        for row in result
        if row["points"] is not None and kind_of(quiz.questions[row["question"]]["kind"]).is_marked_by_hand
    }
