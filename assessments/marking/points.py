"""From what a marker says to points: pure. Exact fractions from 0 to 1."""

from collections.abc import Sequence
from fractions import Fraction

STEPS = (("1", "Met"), ("1/2", "Partly met"), ("0", "Not met"))


def points_of_steps(steps: Sequence[str]) -> Fraction:
    """The mean of the criteria, each as much as any other. Raises ValueError for a step that does not exist."""
    known = {value for value, _ in STEPS}
    if not steps or not set(steps) <= known:
        raise ValueError("Not a step of a criterion.")
    return sum((Fraction(step) for step in steps), Fraction(0)) / len(steps)


def points_of_percent(percent: int) -> Fraction:
    """Raises ValueError outside 0 to 100."""
    if not 0 <= percent <= 100:
        raise ValueError("Not a percentage.")
    return Fraction(percent, 100)
