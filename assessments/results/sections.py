"""The score of an attempt by section: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.regrading.rulings import AS_FROZEN, Ruling
from assessments.scoring import in_percent


@dataclass(frozen=True)
class SectionScore:
    """`share` is from 0 to 1; None while something of it waits to be marked, or when nothing of it counts."""

    title: str
    count: int
    share: Fraction | None
    is_waiting: bool

    @property
    def percent(self) -> str:
        return "" if self.share is None else in_percent(self.share * 100)


def section_scores(
    draw: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], rulings: Mapping[tuple[str, int], Ruling]
) -> list[SectionScore]:
    """In the order in which they were asked; none for a quiz without titled sections."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for drawn, row in zip(draw, rows, strict=True):
        if rulings.get((row["question"], row["version"]), AS_FROZEN).counts:
            found.setdefault(drawn.get("section", ""), []).append(row)
    return [_score(title, asked) for title, asked in found.items()] if any(found) else []


def _score(title: str, rows: Sequence[Mapping[str, Any]]) -> SectionScore:
    if any(row["points"] is None for row in rows):
        return SectionScore(title or "Other questions", len(rows), None, is_waiting=True)
    earned = sum((Fraction(row["points"]) for row in rows), Fraction(0))
    return SectionScore(title or "Other questions", len(rows), earned / len(rows), is_waiting=False)
