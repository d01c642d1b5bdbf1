"""The arithmetic of an attempt, apart from the database. Exact fractions; rounding only for what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Mark:
    """One slot, scored. `points` lies between 0 and 1; None while a person has yet to mark it.

    What does not count (a question that turned out to be wrong) is neither earned nor asked, whatever its points are.
    """

    slot: int
    points: Fraction | None
    critical: bool = False
    counts: bool = True

    @property
    def is_full(self) -> bool:
        return self.points == 1


def in_percent(score: Decimal | Fraction) -> str:
    """As people read it, rounded down: 79.99 is never shown as 80 %."""
    return f"{int(score)}\u00a0%"


@dataclass(frozen=True)
class Outcome:
    """`percent` has two decimals and is rounded down, so that 79.996 never reads as a pass at 80."""

    percent: Decimal
    passed: bool
    failed_critical: bool


def outcome_of(marks: Sequence[Mark], *, pass_percent: int) -> Outcome | None:
    """Passed when the exact share reaches the pass mark and no critical item lacks full credit.

    None while any slot waits to be marked: what is not known is never counted as nothing. Where nothing counts any more,
    nothing was missed.
    """
    counting = [mark for mark in marks if mark.counts]
    if any(mark.points is None for mark in counting):
        return None
    share = sum((mark.points for mark in counting), Fraction(0)) * 100 / len(counting) if counting else Fraction(100)
    failed_critical = any(mark.critical and not mark.is_full for mark in counting)
    return Outcome(
        percent=Decimal(int(share * 100)) / 100,
        passed=share >= pass_percent and not failed_critical,
        failed_critical=failed_critical,
    )
