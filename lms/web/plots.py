"""Where the parts of a plot stand, in the units of its own drawing; a template draws it, with classes for its colours."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, TOP, WIDTH, HEIGHT = 54, 16, 400, 160
GAP = 0.3


@dataclass(frozen=True)
class Column:
    """One group of people: a column from the ground up to its share, its label below and its figure above."""

    label: str
    count: int
    percent: int
    x: float
    y: float
    width: float
    height: float
    middle: float


def columns_of(groups: Sequence[tuple[int, float]]) -> list[Column]:
    """Columns for groups of (people, mean points from 0 to 1), from left to right."""
    step = WIDTH / len(groups)
    return [_column(place, count, share, step, len(groups)) for place, (count, share) in enumerate(groups)]


def _column(place: int, count: int, share: float, step: float, groups: int) -> Column:
    width, height = step * (1 - GAP), HEIGHT * share
    x = LEFT + place * step + step * GAP / 2
    return Column(
        label=_label(place, groups),
        count=count,
        percent=int(share * 100),
        x=round(x, 1),
        y=round(TOP + HEIGHT - height, 1),
        width=round(width, 1),
        height=round(height, 1),
        middle=round(x + width / 2, 1),
    )


def _label(place: int, groups: int) -> str:
    if place == 0:
        return "Lowest"
    return "Highest" if place == groups - 1 else str(place + 1)
