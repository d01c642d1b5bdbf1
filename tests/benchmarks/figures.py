"""Arithmetic over measurements: plain values in, plain values out."""

from collections import Counter
from collections.abc import Sequence
from statistics import median


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all values do not exceed (nearest rank). Raises `ValueError` for none."""
    if not values:
        raise ValueError("There is nothing to take a percentile of.")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def ratio(costs: Sequence[float], controls: Sequence[float]) -> float:
    """The median over rounds of cost by control, each taken in the same round: a machine that slows down slows both."""
    if len(costs) != len(controls) or not costs:
        raise ValueError("Each round needs a cost and a control.")
    return median(cost / control for cost, control in zip(costs, controls, strict=True))


def usual(counts: Sequence[int]) -> int:
    """The most frequent count, the larger one of equals: what a request takes when nothing special happens."""
    return max(Counter(counts).items(), key=lambda item: (item[1], item[0]))[0]
