"""Values drawn for each attempt: {"name", "low", "high", "step"}, exact decimals on the steps from low to high."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from keyword import iskeyword
from math import prod
from random import Random
from typing import Any

from assessments.formulas import FUNCTION_NAMES, Uncomputable, compute, to_key

MOST_PARAMETERS = 6
MOST_STEPS = 10_000
MOST_CHECKED = 2000
MOST_DRAWS = 200
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,19})\}")
TAKEN = (*FUNCTION_NAMES, "answer")

Parameter = Mapping[
    str, Any
]  # "name" is text; "low", "high" and "step" are decimals, or None where an author wrote none


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with {name} replaced by its value. Values are digits, so that clean HTML stays clean."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def key_from(formula: str, values: Mapping[str, str]) -> Decimal:
    return compute(formula, {name: Decimal(value) for name, value in values.items()})


def draw_values(parameters: Sequence[Parameter], formula: str, tolerance: Decimal, random: Random) -> dict[str, str]:
    """Values for one attempt with which the formula has a key. The extremes do, as was checked when the question was saved."""
    for _ in range(MOST_DRAWS):
        values = {parameter["name"]: _written(_value(parameter, random.randrange)) for parameter in parameters}
        if not _why_not(formula, values, tolerance):
            return values
    return {parameter["name"]: parameter["low"] for parameter in parameters}


def parameters_problem(parameters: Sequence[Parameter]) -> str:
    """The first thing wrong with the ranges, as a sentence; "" when values can be drawn from them."""
    if len(parameters) > MOST_PARAMETERS:
        return f"Give at most {MOST_PARAMETERS} parameters."
    names = [parameter["name"] for parameter in parameters]
    if len(set(names)) < len(names):
        return "Two parameters have the same name."
    return next((sentence for sentence in map(_parameter_problem, parameters) if sentence), "")


def _parameter_problem(parameter: Parameter) -> str:
    name, low, high, step = (parameter[field] for field in ("name", "low", "high", "step"))
    if not NAME.fullmatch(name) or name in TAKEN or iskeyword(name):
        return f"“{name[:30]}” cannot be a name. Take a short word of letters, such as weight; it may not be one of {', '.join(TAKEN)}."
    if None in (low, high, step):
        return f"Write low, high and step of {name} as plain numbers."
    if low >= high or step <= 0:
        return f"Let {name} go from a lower to a higher number, in steps of more than zero."
    if (high - low) % step:
        return f"The steps of {name} do not reach {high} from {low}."
    return f"Let {name} take at most {MOST_STEPS} steps." if (high - low) / step > MOST_STEPS else ""


def stem_problem(parameters: Sequence[Parameter], stem: str) -> str:
    """A trainee has to read every value, and no name of anything else in braces."""
    names, told = {parameter["name"] for parameter in parameters}, set(PLACE.findall(stem))
    if names - told:
        return f"Write {{{min(names - told)}}} where the value belongs in the question."
    if told - names:
        return f"{{{min(told - names)}}} is no parameter."
    return ""


def formula_problem(parameters: Sequence[Parameter], formula: str, tolerance: Decimal) -> str:
    """A sentence that names values with which the formula has no key; "" when all that were looked at have one.

    All extremes are looked at, and every combination while there are at most 2,000; of more, 2,000 by chance.
    """
    if not formula.strip():
        return "Write the formula that computes the answer from the parameters."
    for values in (*_extremes(parameters), *_others(parameters)):
        if why := _why_not(formula, values, tolerance):
            return f"With {', '.join(f'{name} {value}' for name, value in values.items())} the formula has no answer: {why}."
    return ""


def _why_not(formula: str, values: Mapping[str, str], tolerance: Decimal) -> str:
    try:
        value = key_from(formula, values)
    except Uncomputable as uncomputable:
        return str(uncomputable)
    if not tolerance and to_key(value) != value:
        return "it needs more than 12 decimals, so round it or give a tolerance"
    return ""


def _extremes(parameters: Sequence[Parameter]) -> Iterator[dict[str, str]]:
    for ends in product(("low", "high"), repeat=len(parameters)):
        yield {parameter["name"]: _written(parameter[end]) for parameter, end in zip(parameters, ends, strict=True)}


def _others(parameters: Sequence[Parameter]) -> Iterator[dict[str, str]]:
    counts = [_count(parameter) for parameter in parameters]
    if prod(counts) <= MOST_CHECKED:
        places = product(*map(range, counts))
    else:
        random = Random(0)  # noqa: S311 - which values are looked at is no secret, and the same each time
        places = islice(iter(lambda: [random.randrange(count) for count in counts], None), MOST_CHECKED)
    for at in places:
        yield {
            parameter["name"]: _written(parameter["low"] + place * parameter["step"])
            for parameter, place in zip(parameters, at, strict=True)
        }


def _value(parameter: Parameter, choose) -> Decimal:
    exact = {bound: Decimal(parameter[bound]) for bound in ("low", "high", "step")}
    return exact["low"] + choose(_count(exact)) * exact["step"]


def _count(parameter: Parameter) -> int:
    return int((parameter["high"] - parameter["low"]) / parameter["step"]) + 1


def _written(value: Decimal) -> str:
    return format(value.normalize(), "f")
