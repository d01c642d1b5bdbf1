"""Formulas that compute a key, and the ranges they compute with: exact, bounded, and never a way into the server."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formulas import Uncomputable, compute
from assessments.kinds import Unusable, kind_of
from assessments.kinds.base import Explained
from assessments.kinds.numeric import key_of
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, arranged, draft, frozen

VALUES = {"weight": Decimal("72.5"), "dose": Decimal("0.5")}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("weight * dose", "36.25"),
        ("weight*dose / 10", "3.625"),
        ("0.1 + 0.2", "0.3"),
        ("(weight - 2.5) * dose", "35"),
        ("-weight + +dose", "-72"),
        ("round(weight * dose)", "36"),
        ("round(2.5)", "3"),
        ("round(3.5)", "4"),
        ("round(36.25, 1)", "36.3"),
        ("round(10 / 3, 2)", "3.33"),
        ("min(weight, 70) * dose", "35"),
        ("max(weight, 80, 75)", "80"),
        ("2 ** 10", "1024"),
        ("2 ** -1", "0.5"),
        ("round((weight * 100 / 3600) ** 0.5, 4)", "1.4191"),
        ("1 / 3 * 3 - 1", "-1E-50"),
    ],
)
def test_a_formula_computes_exact_decimals(formula, value):
    assert compute(formula, VALUES) == Decimal(value)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "weight *",
        "height",
        "weight height",
        "1 / 0",
        "weight / (dose - 0.5)",
        "0 / 0",
        "(0 - 2) ** 0.5",
        "0 ** -1",
        "9 ** 21",
        "9 ** 9 ** 9",
        "10 ** 12",
        "10 ** 20 * 10 ** 20",
        "round(1.5, 0.5)",
        "round(1.5, 13)",
        "round(weight, dose)",
        "round",
        "round(1, 2, 3)",
        "min(5)",
        "max()",
        "abs(weight)",
        "__import__('os').system('id')",
        "weight.__class__",
        "weight.real",
        "().__class__",
        "[weight]",
        "(weight, dose)",
        "'a' * 100",
        "weight if dose else 1",
        "weight and dose",
        "weight == dose",
        "weight % 2",
        "weight // 2",
        "1 << 9",
        "lambda: 1",
        "weight; dose",
        "x = 1",
        "True",
        "None",
        "1j",
        "0x10",
        "1_0_",
        "round(number=1)",
        "max(*weight)",
        "(" * 90 + "1" + ")" * 90 + " +",
        "-" * 199 + "x",
        "1+" * 5000 + "1",
        "9" * 13,
        "1\n+1;",
        "weight\x00",
        "ｗeight",
        "٣",
    ],
)
def test_what_is_no_formula_of_numbers_is_refused_with_a_reason(formula):
    with pytest.raises(Uncomputable) as refusal:
        compute(formula, VALUES)
    assert str(refusal.value).startswith("it ")


@given(st.text(alphabet="wx12.5+-*/(),_ =eround", max_size=40))
def test_any_text_is_computed_or_refused(formula):
    with contextlib.suppress(Uncomputable):
        assert compute(formula, {"w": Decimal(3), "x": Decimal("0.25")}).is_finite()


def problems_of(stem=DRAWN_STEM, **content):
    with pytest.raises(Unusable) as refusal:
        kind_of("numeric").freeze(draft("numeric", stem=stem, content=DRAWN_DOSE | content))
    return refusal.value.problems


def ranges(**bounds):
    return [{"name": name, "low": low, "high": high, "step": step} for name, (low, high, step) in bounds.items()]


ONE = "<p>{x}?</p>"
BOTH = "<p>{x} and {y}?</p>"


@pytest.mark.parametrize(
    ("stem", "parameters", "formula", "problems"),
    [
        (
            ONE,
            ranges(x=("5", "1", "1")),
            "x",
            {"parameters": "Let x go from a lower to a higher number, in steps of more than zero."},
        ),
        (
            ONE,
            ranges(x=("1", "5", "0")),
            "x",
            {"parameters": "Let x go from a lower to a higher number, in steps of more than zero."},
        ),
        (ONE, ranges(x=("1", "5", "3")), "x", {"parameters": "The steps of x do not reach 5 from 1."}),
        (ONE, ranges(x=("1", "NaN", "1")), "x", {"parameters": "Write low, high and step of x as plain numbers."}),
        (ONE, ranges(x=("0", "1", "0.00001")), "x", {"parameters": "Let x take at most 10000 steps."}),
        (ONE, ranges(x=("0", "1", "1")) * 2, "x", {"parameters": "Two parameters have the same name."}),
        ("<p>?</p>", ranges(x=("0", "1", "1")), "x", {"stem": "Write {x} where the value belongs in the question."}),
        (BOTH, ranges(x=("0", "1", "1")), "x", {"stem": "{y} is no parameter."}),
        (
            ONE,
            ranges(x=("0", "1", "1")),
            "",
            {"formula": "Write the formula that computes the answer from the parameters."},
        ),
        (
            ONE,
            ranges(x=("0", "2", "1")),
            "1 / x",
            {"formula": "With x 0 the formula has no answer: it divides by zero."},
        ),
        (
            ONE,
            ranges(x=("1", "3", "1")),
            "1 / (x - 2)",
            {"formula": "With x 2 the formula has no answer: it divides by zero."},
        ),
        (
            BOTH,
            ranges(x=("1", "4", "3"), y=("0", "10", "10")),
            "round(1 / (y - x * 2.5), 3)",
            {"formula": "With x 4, y 10 the formula has no answer: it divides by zero."},
        ),
        (
            ONE,
            ranges(x=("3", "4", "1")),
            "1 / x",
            {
                "formula": "With x 3 the formula has no answer: it needs more than 12 decimals, so round it or give a tolerance."
            },
        ),
        (
            ONE,
            ranges(x=("1", "9", "8")),
            "x * 10 ** 12",
            {"formula": "With x 1 the formula has no answer: it gives more than 12 digits."},
        ),
        (
            ONE,
            ranges(x=("1", "2", "1")),
            "x * z",
            {"formula": "With x 1 the formula has no answer: it uses something that a formula cannot hold."},
        ),
    ],
)
def test_ranges_and_formulas_are_checked_when_the_question_is_saved(stem, parameters, formula, problems):
    assert problems_of(stem, parameters=parameters, formula=formula) == problems


@pytest.mark.parametrize("name", ["round", "answer", "lambda", "2x", "x y", "", "_x", "x" * 21])
def test_a_name_that_a_formula_cannot_hold_is_refused(name):
    assert "cannot be a name" in problems_of(parameters=ranges(**{name: ("1", "2", "1")}))["parameters"]


def test_with_a_tolerance_a_key_may_be_periodic():
    content = {"parameters": ranges(x=("3", "4", "1")), "formula": "1 / x", "tolerance": "0.01"}
    data = frozen("numeric", stem=ONE, content=DRAWN_DOSE | content)
    assert key_of(data, {"values": {"x": "3"}}) == Decimal("0.333333333333")


def test_values_are_drawn_on_their_steps_and_every_step_is_drawn():
    data = frozen("numeric", stem=DRAWN_STEM, content=DRAWN_DOSE)
    drawn = [arranged("numeric", data, seed=seed)["values"] for seed in range(400)]
    assert {values["weight"] for values in drawn} == {str(weight) for weight in range(50, 101, 5)}
    assert {values["dose"] for values in drawn} == {"0.5", "0.75"}


def test_a_value_with_which_the_formula_has_no_key_is_never_drawn():
    """More combinations than are looked at when it is saved: whichever of them divides by zero is left out of the draw."""
    data = frozen("numeric", stem=ONE, content=DRAWN_DOSE | {"parameters": ranges(x=("1", "3", "1")), "formula": "x"})
    data["formula"] = "1 / (x - 2)"
    drawn = {arranged("numeric", data, seed=seed)["values"]["x"] for seed in range(60)}
    assert drawn == {"1", "3"}


def test_the_question_and_its_worked_solution_name_the_values_that_were_drawn():
    kind = kind_of("numeric")
    written = draft("numeric", stem=DRAWN_STEM, content=DRAWN_DOSE)
    written.feedback = "{weight} kg × {dose} mg/kg = {answer} mg, {not} a guess"
    data, drawn = kind.freeze(written), {"values": {"weight": "75", "dose": "0.5"}}
    assert kind.worded(data["stem"], data, drawn) == "<p>75 kg, 0.5 mg/kg: which dose?</p>"
    assert kind.present(data, drawn, None) == {"asks_unit": True, "value": "", "unit": ""}
    assert kind.score(data, drawn, {"value": "0.0375", "unit": "g"}) == 1
    assert kind.score(data, drawn, {"value": "375", "unit": "mg"}) == 0
    assert kind.explain(data, drawn, {"value": "375", "unit": "mg"}, reveal=True) == Explained(
        given="375 mg", expected="37.5 mg", feedback="75 kg × 0.5 mg/kg = 37.5 mg, {not} a guess"
    )


def test_a_question_that_draws_nothing_is_frozen_as_before():
    assert set(frozen("numeric")) == {"stem", "feedback", "answer", "tolerance", "unit", "accepted_units"}
