"""Units of numeric answers. We decide which spellings are units; pint knows what they are worth.

Nothing a person types ever reaches pint's own parser: it would read "Mg" as a megagram and "min/0" as a sum.
A unit that is not listed here, such as "breaths/min" or "IU", is compared by name alone.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

SPELLINGS = {
    "kilogram": ("kg", "kilogram", "kilograms", "kilo", "kilos"),
    "gram": ("g", "gram", "grams"),
    "milligram": ("mg", "milligram", "milligrams"),
    "microgram": ("µg", "ug", "mcg", "microgram", "micrograms"),
    "nanogram": ("ng", "nanogram", "nanograms"),
    "pound": ("lb", "lbs", "pound", "pounds"),
    "liter": ("l", "liter", "liters", "litre", "litres"),
    "deciliter": ("dl", "deciliter", "deciliters", "decilitre", "decilitres"),
    "milliliter": ("ml", "milliliter", "milliliters", "millilitre", "millilitres", "cc"),
    "second": ("s", "sec", "secs", "second", "seconds"),
    "minute": ("min", "mins", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("wk", "wks", "week", "weeks"),
    "millimeter_Hg": ("mmhg", "mm hg"),
    "kilopascal": ("kpa", "kilopascal", "kilopascals"),
    "percent": ("%", "percent", "per cent"),
}
LONGEST_SHORT, MOST_PLACES = 3, 15
_UNIT_OF = {spelling.casefold(): name for name, spellings in SPELLINGS.items() for spelling in spellings}


@dataclass(frozen=True)
class Measure:
    """A unit as a fraction of its parts' worth in base units, and what it measures.

    `dimension` keeps numerator and denominators apart, so that mg/kg is not a bare number.
    """

    dimension: tuple[str, ...]
    above: Decimal
    below: Decimal


def tidy(unit: str) -> str:
    """One spelling per unit name: no case, single spaces, one sign for micro and for "per"."""
    return " ".join(unit.replace("μ", "µ").casefold().replace(" per ", "/").split()).replace(" / ", "/")


def measure_of(unit: str) -> Measure | None:
    """What a unit such as "mg", "mg/kg" or "µg/kg/min" is worth; None for one that is not listed."""
    names = [_UNIT_OF.get(part.strip()) for part in tidy(unit).split("/")]
    if None in names or len(names) > 3:
        return None
    parts = [_worth(name) for name in names]
    below = Decimal(1)
    for _, worth in parts[1:]:
        below *= worth
    return Measure((parts[0][0], *sorted(dimension for dimension, _ in parts[1:])), parts[0][1], below)


def is_within(value: Decimal, unit: str, *, expected: Decimal, expected_unit: str, tolerance: Decimal) -> bool:
    """Whether `value unit` lies at most `tolerance` (in the expected unit) from `expected expected_unit`.

    Both sides are brought to base units by multiplication only, so nothing is rounded: 150 min is exactly 2.5 h.
    """
    if tidy(unit) == tidy(expected_unit):
        return abs(value - expected) <= tolerance
    given, wanted = measure_of(unit), measure_of(expected_unit)
    if given is None or wanted is None or given.dimension != wanted.dimension:
        return False
    with localcontext(prec=200):
        distance = abs(value * given.above * wanted.below - expected * wanted.above * given.below)
        return distance <= tolerance * wanted.above * given.below


def conversions(unit: str) -> list[tuple[str, Decimal]]:
    """The short names of other units of the same measure, and how many of each are exactly one `unit`: ("g", 0.001) for mg.

    Only the first part of a unit changes: mg/kg becomes g/kg. What no decimal says exactly, such as pounds, is left out.
    """
    wanted = measure_of(unit)
    _, *below = tidy(unit).split("/")
    shorts = [name for spellings in SPELLINGS.values() for name in spellings if len(name) <= LONGEST_SHORT]
    found = []
    for name in ("/".join([short, *below]) for short in shorts):
        given = measure_of(name)
        if wanted is None or given is None or given.dimension != wanted.dimension:
            continue
        with localcontext(prec=40):
            worth = (wanted.above * given.below / (wanted.below * given.above)).normalize()
        if worth != 1 and worth.as_tuple().exponent >= -MOST_PLACES:
            found.append((name, worth))
    return found


@lru_cache
def _worth(name: str) -> tuple[str, Decimal]:
    quantity = _registry().Quantity(Decimal(1), name)
    return str(quantity.dimensionality), quantity.to_base_units().magnitude


@lru_cache(maxsize=1)
def _registry():
    from pint import UnitRegistry  # late: reading its definitions takes a quarter of a second, once, at the first use

    return UnitRegistry(non_int_type=Decimal, cache_folder=None)
