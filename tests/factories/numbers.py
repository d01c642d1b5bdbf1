"""Numbers and days that no two things of one test share. Each test begins them anew: none depends on those before it."""

from collections import Counter
from datetime import date, timedelta

FIRST_DAY = date(2026, 3, 2)
FIRST_NUMBER = 10_001  # of one length, so that names sort as they were made

_given: Counter[str] = Counter()


def next_number() -> int:
    _given["number"] += 1
    return FIRST_NUMBER + _given["number"] - 1


def next_day(of: str) -> date:
    """The first day after `FIRST_DAY` that nothing else made here `of` this kind has taken."""
    _given[of] += 1
    return FIRST_DAY + timedelta(days=_given[of])


def start_again() -> None:
    _given.clear()
