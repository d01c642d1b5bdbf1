"""When somebody approves faster than entries can be read. Pure. It is a flag for the director, never a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# One in fifteen seconds, kept up for five minutes: opening an entry and reading its reflection takes longer. Whoever
# reviews with the trainee at her side and then ticks a list is above it too, and can say so.
APPROVALS_USUAL = 20
WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Pace:
    """So many approvals of one person between two moments."""

    approvals: int
    began_at: datetime
    ended_at: datetime


def unusual_pace(times: Sequence[datetime]) -> Pace | None:
    """The pace of the last approvals, if more than usual lie within five minutes of the last one; in any order."""
    if not times:
        return None
    last = max(times)
    near = [time for time in times if last - time <= WITHIN]
    return Pace(len(near), min(near), last) if len(near) > APPROVALS_USUAL else None
