"""Each kind of question against hand-worked cases: what authors may write, what trainees may send, what it scores."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.kinds import KINDS, Unreadable, Unusable, kind_of
from assessments.kinds.base import Draft, Explained, Line
from tests.factories.questions import arranged, frozen


def option(id_, correct=False, feedback=None):
    return {"id": id_, "text": f"Option {id_}", "correct": correct, "feedback": feedback or f"About {id_}"}


def choice(kind, right, ids="abcd"):
    return kind_of(kind).freeze(
        Draft("<p>Which?</p>", "General", {"options": [option(id_, id_ in right) for id_ in ids]})
    )


def number(answer="10", unit="mg", tolerance="0", accepted=()):
    return kind_of("numeric").freeze(
        Draft(
            "How much?",
            "Worked",
            {"answer": answer, "unit": unit, "tolerance": tolerance, "accepted_units": list(accepted)},
        )
    )


SINGLE = choice("single", "b")
MULTIPLE = choice("multiple", "ab")


@pytest.mark.parametrize(
    ("data", "kind", "chosen", "points"),
    [
        (SINGLE, "single", ["b"], 1),
        (SINGLE, "single", ["a"], 0),
        (MULTIPLE, "multiple", ["a", "b"], 1),
        (MULTIPLE, "multiple", ["a"], Fraction(1, 2)),
        (MULTIPLE, "multiple", ["a", "c"], 0),
        (MULTIPLE, "multiple", ["a", "b", "c"], Fraction(1, 2)),
        (MULTIPLE, "multiple", ["c", "d"], 0),
        (MULTIPLE, "multiple", ["a", "b", "c", "d"], 0),
        (choice("multiple", "abc"), "multiple", ["a", "b"], Fraction(2, 3)),
        (choice("multiple", "abc"), "multiple", ["a", "b", "d"], Fraction(1, 3)),
    ],
)
def test_choices_score_as_worked_by_hand(data, kind, chosen, points):
    assert kind_of(kind).score(data, {}, kind_of(kind).parse(data, {}, {"choice": chosen})) == points


@pytest.mark.parametrize(
    ("data", "value", "unit", "points"),
    [
        (number(), "10", "mg", 1),
        (number(), "0.01", "g", 1),
        (number(), "100", "mg", 0),
        (number(), "10", "g", 0),
        (number(), "10000", "mcg", 1),
        (number(), "10000", "µg", 1),
        (number(), "10", "Milligrams", 1),
        (number(), "10 mg", "", 1),
        (number(), "10.0", "mg", 1),
        (number(), "10", "ml", 0),
        (number(), "10", "mg/kg", 0),
        (number("0.5", "mg/kg"), "0.5", "mg per kg", 1),
        (number("0.5", "mg/kg"), "500", "µg/kg", 1),
        (number("0.5", "mg/kg"), "0.0000005", "%", 0),
        (number("2", "mg/min"), "120", "mg/h", 1),
        (number("2.5", "h", accepted=["stunden"]), "150", "min", 1),
        (number("2.5", "h", accepted=["stunden"]), "2.5", "Stunden", 1),
        (number("52", "%", "0.5"), "52.5", "percent", 1),
        (number("52", "%", "0.5"), "52.51", "%", 0),
        (number("227", "", "2"), "225", "", 1),
        (number("227", "", "2"), "224.999999", "", 0),
        (number("-4", ""), "−4", "", 1),
        (number("12", "breaths/min"), "12", "Breaths / min", 1),
        (number("12", "breaths/min"), "12", "beats/min", 0),
        (number("100", "IU"), "100", "mg", 0),
    ],
)
def test_numbers_agree_by_value_and_unit(data, value, unit, points):
    kind = kind_of("numeric")
    assert kind.score(data, {}, kind.parse(data, {}, {"value": [value], "unit": [unit]})) == points


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_scores_nothing(kind):
    data = frozen(kind)
    drawn = arranged(kind, data)
    assert kind_of(kind).score(data, drawn, None) == 0
    assert kind_of(kind).summary(data, drawn, None) == ""
    assert not kind_of(kind).is_complete(data, drawn, None)


@pytest.mark.parametrize(
    ("data", "kind", "sent", "sentence"),
    [
        (SINGLE, "single", {}, "Choose an answer first"),
        (SINGLE, "single", {"choice": ["a", "b"]}, "one answer only"),
        (SINGLE, "single", {"choice": ["z"]}, "does not belong"),
        (SINGLE, "single", {"choice": ["\x00"]}, "does not belong"),
        (SINGLE, "single", {"choice": ["a"] * 1000}, "does not belong"),
        (MULTIPLE, "multiple", {"choice": []}, "at least one"),
        (MULTIPLE, "multiple", {"choice": ["a", "correct"]}, "does not belong"),
        (number(), "numeric", {}, "Write a number first"),
        (number(), "numeric", {"value": ["10"]}, "without its unit"),
        (number("7", ""), "numeric", {"value": ["7"], "unit": ["mg"]}, "without a unit"),
        (number(), "numeric", {"value": ["10", "11"], "unit": ["mg"]}, "came twice"),
        *[
            (number(), "numeric", {"value": [bad], "unit": ["mg"]}, "plain number")
            for bad in (
                "NaN",
                "inf",
                "-Infinity",
                "1e3",
                "0x10",
                "ten",
                "1\x00",
                "9" * 13,
                "1" * 10_000_000,
                "1.2.3",
                "٣",
                "--1",
            )
        ],
        (number(), "numeric", {"value": ["1,000"], "unit": ["mg"]}, "without commas"),
        (number(), "numeric", {"value": ["1"], "unit": ["m\x00g"]}, "few letters"),
        (number(), "numeric", {"value": ["1"], "unit": ["mg" * 1000]}, "few letters"),
        (number(), "numeric", {"value": ["1"], "unit": ["__import__('os')"]}, "few letters"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence(data, kind, sent, sentence):
    with pytest.raises(Unreadable, match=sentence):
        kind_of(kind).parse(data, {}, sent)


@pytest.mark.parametrize(
    ("kind", "draft", "problems"),
    [
        (
            "single",
            Draft("<p> </p>", content={"options": [option("a", True), option("b")]}),
            {"stem": "Write the question."},
        ),
        ("single", Draft("Q", content={"options": [option("a", True)]}), {"options": "Give between 2 and 12 options."}),
        (
            "single",
            Draft("Q", content={"options": [option("a"), option("b")]}),
            {"options": "Mark exactly one option as correct."},
        ),
        (
            "single",
            Draft("Q", content={"options": [option("a", True), option("b", True)]}),
            {"options": "Mark exactly one option as correct."},
        ),
        (
            "single",
            Draft("Q", content={"options": [option("a", True), option("a")]}),
            {"options": "Option 1 and option 2 say the same."},
        ),
        (
            "multiple",
            Draft("Q", content={"options": [option("a"), option("b")]}),
            {"options": "Mark at least one option as correct."},
        ),
        (
            "multiple",
            Draft("Q", content={"options": [option("a", True), option("b", True)]}),
            {"options": "Leave at least one option that is not correct."},
        ),
        ("numeric", Draft("Q", content={"answer": None}), {"answer": "Write the right answer as a plain number."}),
        ("numeric", Draft("Q", content={"answer": "NaN"}), {"answer": "Write the right answer as a plain number."}),
        (
            "numeric",
            Draft("Q", content={"answer": "1", "tolerance": "-1"}),
            {"tolerance": "Write the tolerance as a number of zero or more."},
        ),
        (
            "numeric",
            Draft("Q", content={"answer": "1", "accepted_units": ["h"]}),
            {"unit": "Name the unit that the other spellings stand for."},
        ),
    ],
)
def test_what_cannot_be_asked_is_named_beside_its_field(kind, draft, problems):
    with pytest.raises(Unusable) as refusal:
        kind_of(kind).freeze(draft)
    assert refusal.value.problems == problems


def test_what_is_presented_holds_neither_key_nor_feedback():
    response = {"chosen": ["a"]}
    assert kind_of("single").present(SINGLE, {"order": ["b", "a", "d", "c"]}, response) == {
        "options": [
            {"value": "at-1", "text": "Option b", "chosen": False},
            {"value": "at-2", "text": "Option a", "chosen": True},
            {"value": "at-3", "text": "Option d", "chosen": False},
            {"value": "at-4", "text": "Option c", "chosen": False},
        ]
    }
    assert kind_of("numeric").present(number(), {}, None) == {"asks_unit": True, "value": "", "unit": ""}


def test_an_option_is_read_by_its_place_on_the_page_and_by_its_id():
    for values in (["at-1", "at-3"], ["b", "at-1"], ["d", "b"]):
        assert kind_of("multiple").parse(MULTIPLE, {"order": list("dabc")}, {"choice": values}) == {
            "chosen": ["b", "d"]
        }
    with pytest.raises(Unreadable, match="does not belong"):
        kind_of("single").parse(SINGLE, {"order": list("dabc")}, {"choice": ["at-5"]})


def test_before_the_key_may_be_shown_only_the_chosen_option_is_explained():
    explained = kind_of("single").explain(SINGLE, {"order": list("abcd")}, {"chosen": ["a"]}, reveal=False)
    assert explained == Explained(
        lines=(
            Line("Option a", True, False, "About a"),
            Line("Option b", False, None, ""),
            Line("Option c", False, None, ""),
            Line("Option d", False, None, ""),
        )
    )
    assert kind_of("numeric").explain(number(), {}, {"value": "9", "unit": "mg"}, reveal=False) == Explained(
        given="9 mg"
    )


def test_once_the_key_may_be_shown_everything_is_explained():
    explained = kind_of("multiple").explain(MULTIPLE, {"order": list("abcd")}, None, reveal=True)
    assert [(line.is_right, line.feedback) for line in explained.lines] == [
        (True, "About a"),
        (True, "About b"),
        (False, "About c"),
        (False, "About d"),
    ]
    assert explained.feedback == "General"
    explained = kind_of("numeric").explain(number(tolerance="0.5"), {}, None, reveal=True)
    assert explained == Explained(given="", expected="10 mg (within 0.5)", feedback="Worked")


def test_a_stem_is_cleaned_when_it_is_frozen():
    data = kind_of("numeric").freeze(
        Draft("<p onclick='x()'>Dose?<script>alert(1)</script></p>", content={"answer": "1"})
    )
    assert data["stem"] == "<p>Dose?</p>"


option_ids = st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=7)


@given(right=option_ids, chosen=option_ids)
def test_multiple_response_scores_between_nothing_and_one_and_fully_only_for_the_exact_set(right, chosen):
    data = choice("multiple", right, "abcdefgh")
    points = kind_of("multiple").score(data, {}, {"chosen": sorted(chosen)})
    assert 0 <= points <= 1
    assert (points == 1) == (chosen == right)


@given(right=option_ids, chosen=option_ids, extra=st.sampled_from("abcdefgh"))
def test_a_wrong_choice_more_never_raises_the_score(right, chosen, extra):
    data = choice("multiple", right, "abcdefgh")
    if extra not in right:
        score = kind_of("multiple").score
        assert score(data, {}, {"chosen": sorted({*chosen, extra})}) <= score(data, {}, {"chosen": sorted(chosen)})


milligrams = st.decimals(min_value="0.001", max_value="99999", places=3)


@given(amount=milligrams)
def test_the_same_dose_agrees_in_every_unit_of_mass(amount):
    kind, data = kind_of("numeric"), number(amount)
    for factor, unit in [("1", "mg"), ("0.001", "g"), ("1000", "µg"), ("0.000001", "kg")]:
        sent = {"value": [format(amount * type(amount)(factor), "f")], "unit": [unit]}
        assert kind.score(data, {}, kind.parse(data, {}, sent)) == 1


@given(amount=milligrams, times=st.sampled_from(["0.1", "10", "100", "1000"]))
def test_a_dose_wrong_by_a_power_of_ten_never_agrees(amount, times):
    kind, data = kind_of("numeric"), number(amount)
    wrong = format(amount * type(amount)(times), "f")
    assert kind.score(data, {}, kind.parse(data, {}, {"value": [wrong], "unit": ["mg"]})) == 0


@given(text=st.text(max_size=40), unit=st.text(max_size=20))
def test_any_text_is_an_answer_or_refused_with_a_sentence(text, unit):
    kind, data = kind_of("numeric"), number()
    with contextlib.suppress(Unreadable):
        assert kind.score(data, {}, kind.parse(data, {}, {"value": [text], "unit": [unit]})) in (0, 1)
