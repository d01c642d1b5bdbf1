"""A number with its unit: `answer`, `tolerance`, `unit` and `accepted_units`, which are other spellings of the unit.

Decimal throughout; the tolerance is absolute, in the unit of the key.
"""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from assessments.kinds.base import Data, Draft, Drawn, Explained, QuestionKind, Response, Sent, Unreadable, one_value
from assessments.units import is_within, tidy

LONGEST_UNIT = 30
_NUMBER = re.compile(r"[+\-−]?(?:[0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})")
_UNIT = re.compile(r"(?![0-9])[\w%°/ .·²³^-]*")
_TOGETHER = re.compile(rf"({_NUMBER.pattern})\s*([^\s0-9].*)?", re.DOTALL)


class Numeric(QuestionKind):
    name = "numeric"
    label = "Number with unit"
    template = "assessments/kinds/numeric.html"

    def problems(self, draft: Draft) -> dict[str, str]:
        content, problems = draft.content, {}
        unit, spellings = content.get("unit", ""), content.get("accepted_units", [])
        if _decimal(content.get("answer")) is None:
            problems["answer"] = "Write the right answer as a plain number."
        tolerance = _decimal(content.get("tolerance", 0))
        if tolerance is None or tolerance < 0:
            problems["tolerance"] = "Write the tolerance as a number of zero or more."
        if any(not _is_unit(spelling) for spelling in (unit, *spellings)):
            problems["unit"] = f"Keep units short: at most {LONGEST_UNIT} letters, such as mg or mg/kg."
        elif spellings and not unit.strip():
            problems["unit"] = "Name the unit that the other spellings stand for."
        return problems

    def frozen_part(self, draft: Draft) -> Data:
        content = draft.content
        return {
            "answer": format(_decimal(content["answer"]).normalize(), "f"),
            "tolerance": format(_decimal(content.get("tolerance", 0)).normalize(), "f"),
            "unit": content.get("unit", "").strip(),
            "accepted_units": [unit.strip() for unit in content.get("accepted_units", []) if unit.strip()],
        }

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        return {"asks_unit": bool(data["unit"]), **(response or {"value": "", "unit": ""})}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        value, unit = one_value(sent, "value").strip(), one_value(sent, "unit").strip()
        if not value:
            raise Unreadable("Write a number first, or skip the question for now.")
        value, unit = _split(value, unit)
        if not _is_unit(unit):
            raise Unreadable("Write the unit in a few letters, such as mg or mg/kg.")
        if data["unit"] and not unit:
            raise Unreadable("Write the unit as well: a number without its unit is not a dose.")
        if unit and not data["unit"]:
            raise Unreadable("This question asks for a number without a unit.")
        return {"value": value.replace("−", "-"), "unit": unit}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        if not response:
            return Fraction(0)
        unit = response["unit"]
        if tidy(unit) in {tidy(spelling) for spelling in data["accepted_units"]}:
            unit = data["unit"]
        agrees = is_within(
            Decimal(response["value"]),
            unit,
            expected=Decimal(data["answer"]),
            expected_unit=data["unit"],
            tolerance=Decimal(data["tolerance"]),
        )
        return Fraction(agrees)

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        return Explained(
            given=self.summary(data, drawn, response),
            expected=_expected(data) if reveal else "",
            feedback=data["feedback"] if reveal else "",
        )

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        return f"{response['value']} {response['unit']}".strip() if response else ""


def _split(value: str, unit: str) -> tuple[str, str]:
    """Number and unit, also when both were written in the first field. Raises `Unreadable` with what to write."""
    found = _TOGETHER.fullmatch(value) if len(value) <= 60 else None
    if found and found[2] and not unit and _is_unit(found[2]):
        return found[1], found[2].strip()
    if found and not found[2]:
        return found[1], unit
    if "," in value:
        raise Unreadable("Write the number without commas, with a point for decimals, such as 1250.5.")
    raise Unreadable("Write a plain number, such as 12.5, with at most 12 digits before and after the point.")


def _decimal(value: Any) -> Decimal | None:
    """A finite number that `_NUMBER` could hold, or None."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12 or -number.as_tuple().exponent > 12:
        return None
    return number


def _is_unit(unit: str) -> bool:
    return len(unit) <= LONGEST_UNIT and _UNIT.fullmatch(unit.strip()) is not None


def _expected(data: Data) -> str:
    tolerance = f" (within {data['tolerance']})" if Decimal(data["tolerance"]) else ""
    return f"{data['answer']} {data['unit']}".strip() + tolerance
