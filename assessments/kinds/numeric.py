"""A number with its unit: `answer`, `tolerance`, `unit` and `accepted_units`, which are other spellings of the unit.

Decimal throughout; the tolerance is absolute, in the unit of the key. With `parameters`, each {"name", "low", "high", "step"},
the key is computed by `formula` from values drawn for each attempt; the question names each as {name}.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from random import Random
from typing import Any

from assessments.formulas import Uncomputable, to_key
from assessments.kinds.base import (
    Data,
    Draft,
    Drawn,
    Explained,
    QuestionKind,
    Response,
    Sent,
    Unreadable,
    Unusable,
    first,
    one_value,
)
from assessments.kinds.keys import Key, KeyField, Shape
from assessments.kinds.parameters import (
    draw_values,
    filled,
    formula_problem,
    key_from,
    parameters_problem,
    stem_problem,
)
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
        tolerance = plain_decimal(content.get("tolerance", 0))
        if content.get("parameters"):
            problems |= _drawn_problems(draft, tolerance)
        elif content.get("formula"):
            problems["formula"] = "Name the parameters that the formula computes with, or leave the formula out."
        elif plain_decimal(content.get("answer")) is None:
            problems["answer"] = "Write the right answer as a plain number."
        if tolerance is None or tolerance < 0:
            problems["tolerance"] = "Write the tolerance as a number of zero or more."
        if any(not _is_unit(spelling) for spelling in (unit, *spellings)):
            problems["unit"] = f"Keep units short: at most {LONGEST_UNIT} letters, such as mg or mg/kg."
        elif spellings and not unit.strip():
            problems["unit"] = "Name the unit that the other spellings stand for."
        return problems

    def frozen_part(self, draft: Draft) -> Data:
        content = draft.content
        drawn = _frozen_parameters(content) if content.get("parameters") else {}
        return {
            "answer": "" if drawn else in_words(plain_decimal(content["answer"])),
            "tolerance": in_words(plain_decimal(content.get("tolerance", 0))),
            "unit": content.get("unit", "").strip(),
            "accepted_units": [unit.strip() for unit in content.get("accepted_units", []) if unit.strip()],
        } | drawn

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        if not data.get("parameters"):
            return {}
        return {"values": draw_values(data["parameters"], data["formula"], Decimal(data["tolerance"]), random)}

    def worded(self, text: str, data: Data, drawn: Drawn) -> str:
        return filled(text, drawn.get("values", {}))

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        return {"value": first(sent, "value", most=60), "unit": first(sent, "unit", most=LONGEST_UNIT)}

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
        if not response or not self.can_compute(data, drawn):
            return Fraction(0)
        unit = response["unit"]
        if tidy(unit) in {tidy(spelling) for spelling in data["accepted_units"]}:
            unit = data["unit"]
        agrees = is_within(
            Decimal(response["value"]),
            unit,
            expected=key_of(data, drawn),
            expected_unit=data["unit"],
            tolerance=Decimal(data["tolerance"]),
        )
        return Fraction(agrees)

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        return Explained(
            given=self.summary(data, drawn, response),
            expected=_expected(data, drawn) if reveal and self.can_compute(data, drawn) else "",
            feedback=self._worked(data, drawn) if reveal else "",
        )

    def _worked(self, data: Data, drawn: Drawn) -> str:
        """The worked solution with the values of this attempt, and its {answer}."""
        if not data.get("parameters") or not self.can_compute(data, drawn):
            return data["feedback"]
        return filled(data["feedback"], drawn["values"] | {"answer": in_words(key_of(data, drawn))})

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        return f"{response['value']} {response['unit']}".strip() if response else ""

    def key_in_words(self, data: Data) -> str:
        return data.get("formula") or f"{data['answer']} {data['unit']}".strip()

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        unit = f" in {data['unit']}" if data["unit"] else ""
        tolerance = KeyField("tolerance", f"Tolerance{unit}", Shape.TEXT, initial=data["tolerance"])
        if not data.get("parameters"):
            return KeyField("answer", f"The right number{unit}", Shape.TEXT), tolerance
        names = ", ".join(parameter["name"] for parameter in data["parameters"])
        said = f"Of {names}, numbers, + - * / ** and brackets, round, min and max. Each attempt keeps what was drawn for it."
        label = f"The right formula{unit}"
        return KeyField("formula", label, Shape.TEXT, initial=data["formula"], help_text=said), tolerance

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        name = "formula" if data.get("parameters") else "answer"
        return {name: (said.get(name) or "").strip(), "tolerance": (said.get("tolerance") or "").strip() or "0"}

    def check_key(self, data: Data, key: Key) -> None:
        wanted = {"formula", "tolerance"} if data.get("parameters") else {"answer", "tolerance"}
        if set(key) - wanted:
            raise Unusable({"answer": "That is no key of this question."})
        super().check_key(data, key)

    def can_compute(self, data: Data, drawn: Drawn) -> bool:
        try:
            key_of(data, drawn)
        except Uncomputable:
            return False
        return True


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


def key_of(data: Data, drawn: Drawn) -> Decimal:
    """The right number of this attempt, in the unit of the key."""
    if not data.get("parameters"):
        return Decimal(data["answer"])
    return to_key(key_from(data["formula"], drawn["values"]))


def in_words(number: Decimal) -> str:
    return format(number.normalize(), "f")


def plain_decimal(value: Any) -> Decimal | None:
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


def _expected(data: Data, drawn: Drawn) -> str:
    tolerance = f" (within {data['tolerance']})" if Decimal(data["tolerance"]) else ""
    return f"{in_words(key_of(data, drawn))} {data['unit']}".strip() + tolerance


def _drawn_problems(draft: Draft, tolerance: Decimal | None) -> dict[str, str]:
    """What is wrong with values that are drawn; the formula is looked at once the parameters can be used."""
    content = draft.content
    parameters = _with_numbers(content["parameters"])
    if sentence := parameters_problem(parameters):
        return {"parameters": sentence}
    problems = {
        "answer": "Leave the answer out: the formula computes it." if content.get("answer") else "",
        "formula": formula_problem(parameters, content.get("formula") or "", tolerance or Decimal(0)),
        "stem": stem_problem(parameters, draft.stem),
    }
    return {field: sentence for field, sentence in problems.items() if sentence}


def _with_numbers(parameters: list[dict]) -> list[dict[str, Any]]:
    return [
        {"name": str(parameter.get("name", "")).strip()}
        | {bound: plain_decimal(parameter.get(bound, "")) for bound in ("low", "high", "step")}
        for parameter in parameters
    ]


def _frozen_parameters(content: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {name: value if name == "name" else in_words(value) for name, value in parameter.items()}
        for parameter in _with_numbers(content["parameters"])
    ]
    return {"parameters": parameters, "formula": " ".join(content["formula"].split())}
