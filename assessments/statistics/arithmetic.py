"""Item analysis: classical test theory over plain numbers, apart from the database. Points lie between 0 and 1.

Every function is tested against a published table: five questions of the Law School Admission Test, section 6, answered
by 1,000 people (Bock and Lieberman 1970, Psychometrika 35, 179-197), with the statistics that Rizopoulos prints for them
(2006, "ltm: An R Package for Latent Variable Modeling and Item Response Theory Analyses", Journal of Statistical Software
17(5)).
"""

from collections.abc import Sequence
from itertools import pairwise
from math import isclose
from statistics import StatisticsError, correlation, fmean, median, variance

MINIMUM = 20
EXTREME_SHARE = 0.27
BANDS = 5


def difficulty(points: Sequence[float]) -> float:
    """The mean of the points, 0 to 1: how much of the credit people earned. The higher, the easier."""
    return fmean(points)


def discrimination(points: Sequence[float], rest: Sequence[float]) -> float | None:
    """The corrected point-biserial: the correlation of a question with the score of everything else, -1 to 1.

    `rest` is each person's score without this question; with it, a question would correlate with itself. None when
    everybody earned the same, on the question or on the rest: nothing can be told then.
    """
    if len(points) < 2 or not _varies(points) or not _varies(rest):
        return None
    try:
        return correlation(points, rest)
    except StatisticsError:  # it varies by less than a float can square
        return None


def reliability(rows: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of people (rows) by questions (columns), k/(k-1) * (1 - sum of the variances / variance of the sum).

    With questions that are right or wrong it is KR-20. None for fewer than two people or questions, or equal totals.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    totals = [sum(row) for row in rows]
    if not _varies(totals):
        return None
    count = len(rows[0])
    within = sum(variance(column) for column in zip(*rows, strict=True))
    return count / (count - 1) * (1 - within / variance(totals))


def extremes(scores: Sequence[float], share: float = EXTREME_SHARE) -> tuple[list[int], list[int]]:
    """The places of the lower and of the upper share of people, by score; of equal ones the earlier place is lower.

    27 % tells two groups apart best while both are as large as they can be (Kelley 1939, Journal of Educational
    Psychology 30, 17-24). Rounded to whole people, at least one, and nobody is in both.
    """
    size = min(max(1, round(len(scores) * share)), len(scores) // 2)
    ranked = sorted(range(len(scores)), key=lambda place: (scores[place], place))
    return ranked[:size], ranked[len(ranked) - size :]


def bands(points: Sequence[float], rest: Sequence[float], count: int = BANDS) -> list[tuple[int, float]]:
    """People in as many groups of nearly equal size, from the lowest score on the rest to the highest: how many each
    group holds, and the mean of its points on this question."""
    ranked = [earned for _, earned in sorted(zip(rest, points, strict=True), key=lambda pair: pair[0])]
    edges = [round(len(ranked) * place / count) for place in range(count + 1)]
    groups = [ranked[low:high] for low, high in pairwise(edges)]
    return [(len(group), fmean(group)) for group in groups if group]


def typical(seconds: Sequence[float]) -> float | None:
    """The median, which one person who left the page open overnight does not move."""
    return median(seconds) if seconds else None


def _varies(values: Sequence[float]) -> bool:
    return not all(isclose(value, values[0], abs_tol=1e-12) for value in values)
