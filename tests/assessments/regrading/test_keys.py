"""Another key for every kind: what its class makes of it, by hand and by properties, and applied through the director's page."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import PassesKept, RegradeChange
from assessments.kinds import KINDS, kind_of
from assessments.kinds.base import Unusable
from assessments.models import Attempt, Regrade, RegradedAttempt
from assessments.regrading.actions import RegradeRefused, catch_up, look_at_regrade
from assessments.regrading.forms import RegradeForm
from assessments.regrading.rulings import check_key, data_for, points_of, ruling_of
from lms.audit.models import AuditEntry
from tests.factories.assessments import frozen_question, frozen_version, make_attempt, make_question, make_quiz
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, arranged, response_to
from tests.web import send_form, text_of

VOID, FULL, ACCEPT, KEY = RegradeChange
KEYED = [name for name, kind in KINDS.items() if kind.has_key]
DRAWN = "drawn numeric"
# What the wrong answer of the factories would have been right by.
OTHER = {
    "single": {"correct": ["a"]},
    "multiple": {"correct": ["c"]},
    "truefalse": {"is_true": False},
    "numeric": {"answer": "101", "tolerance": "0"},
    DRAWN: {"formula": "weight * dose * 10 + 1", "tolerance": "0"},
    "shorttext": {"accepted": ["nothing of the kind"]},
    "matching": {"pairs": {"p1": "p2", "p2": "p3", "p3": "p1"}},
    "ordering": {"order": ["i4", "i3", "i2", "i1"]},
    "cloze": {"gaps": {"1": ["o2"], "2": ["nothing of the kind"]}},
    "vignette": {"questions": {"v1": {"correct": ["a"]}}},
    "scenario": {
        "endings": {
            "n3": {"outcome": "safe", "points": "1"},
            "n4": {"outcome": "unsafe", "points": "0.25"},
            "n5": {"outcome": "unsafe", "points": "0.5"},
        }
    },
}
THIRD, HALF = Fraction(1, 3), Fraction(1, 2)
# Points of the wrong and of the right answer, under the new key alone, and under both.
POINTS = dict.fromkeys(OTHER, ((1, 0), (1, 1))) | {
    "vignette": ((THIRD, 2 * THIRD), (THIRD, 1)),
    "scenario": ((HALF, 1), (HALF, 1)),
}


def question_of(name: str) -> dict:
    if name == DRAWN:
        return frozen_question("q", "numeric", content=DRAWN_DOSE, stem=DRAWN_STEM)
    return frozen_question("q", name)


def asked(name: str, *, right: bool, seed: int = 1, shuffle: bool = False):
    question = question_of(name)
    drawn = arranged(question["kind"], question["data"], seed=seed, shuffle=shuffle)
    return question, drawn, response_to(question["kind"], question["data"], drawn, right=right)


def test_every_kind_with_a_key_is_tried_here():
    assert {*KEYED, DRAWN} == set(OTHER)
    assert [name for name in KINDS if name not in KEYED] == ["essay"]


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("change", [KEY, ACCEPT])
def test_points_under_another_key(name, change):
    ruling = ruling_of([(change, OTHER[name])])
    for right, points in zip((False, True), POINTS[name][change == ACCEPT], strict=True):
        assert points_of(*asked(name, right=right), ruling) == points


@pytest.mark.parametrize("name", OTHER)
def test_the_explanation_is_written_from_the_key_in_force(name):
    question, drawn, response = asked(name, right=False)
    ruling = ruling_of([(KEY, OTHER[name])])
    data = data_for(question, drawn, response, ruling)
    kind = kind_of(question["kind"])
    explained = kind.explain(data, drawn, response, reveal=True)
    marks = [line.is_right for line in explained.lines if line.was_chosen] + [row.is_right for row in explained.rows]
    assert False not in marks
    assert kind.key_in_words(data) != kind.key_in_words(question["data"])


@pytest.mark.parametrize("name", OTHER)
def test_what_the_fields_start_with_is_the_key_in_force(name):
    question = question_of(name)
    kind, data = kind_of(question["kind"]), question["data"]
    said = {field.name: field.initial for field in kind.key_fields(data)}
    if name in ("single", "multiple", "numeric", "shorttext", "truefalse"):
        return  # one answer, written anew
    if name == "vignette":
        with pytest.raises(Unusable):
            kind.read_key(data, said)
        said |= {"question": "v2"}
    key = kind.read_key(data, said)
    check_key(question, key)
    ruling = ruling_of([(KEY, key)])
    for right in (True, False):
        given_answer = asked(name, right=right)
        assert points_of(*given_answer, ruling) == points_of(*given_answer, ruling_of([]))


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("matching", {"pairs": {"p1": "p2", "p2": "p2", "p3": "p1"}}, "Two left sides belong to the same"),
        ("matching", {"pairs": {"p1": "p2", "p2": "p3"}}, "Say of each left side"),
        ("matching", {"pairs": {"p1": "p2", "p2": "p3", "p3": "zz"}}, "Say of each left side"),
        ("ordering", {"order": ["i1", "i1", "i2", "i3"]}, "a place of its own"),
        ("ordering", {"order": ["i1", "i2", "i3"]}, "a place of its own"),
        ("cloze", {"gaps": {"1": ["o2"]}}, "Say of each gap"),
        ("cloze", {"gaps": {"1": [], "2": ["breaths"]}}, "Gap 1: Mark at least one option"),
        ("cloze", {"gaps": {"1": ["o2"], "2": []}}, "Gap 2: Give between 1"),
        (DRAWN, {"formula": "weight * height", "tolerance": "0"}, "the formula has no answer"),
        (DRAWN, {"formula": "weight / (dose - 0.5)", "tolerance": "0"}, "it divides by zero"),
        (DRAWN, {"answer": "3", "tolerance": "0"}, "no key of this question"),
        ("vignette", {"questions": {"v1": {"correct": []}}}, "Mark exactly one option"),
        ("vignette", {"questions": {"zz": {}}}, "Choose which of its questions"),
        ("vignette", {"questions": {}}, "Choose which of its questions"),
        ("scenario", {"endings": {"n3": {"outcome": "safe", "points": "1"}}}, "Say of each ending"),
        (
            "scenario",
            {"endings": OTHER["scenario"]["endings"] | {"n3": {"outcome": "safe", "points": "0.5"}}},
            "Give at least one safe ending",
        ),
        (
            "scenario",
            {"endings": OTHER["scenario"]["endings"] | {"n5": {"outcome": "unsafe", "points": "1"}}},
            "An unsafe ending cannot earn the whole point",
        ),
    ],
)
def test_a_key_that_nobody_could_author_is_refused(name, key, sentence):
    with pytest.raises(Unusable, match=sentence):
        check_key(question_of(name), key)


def test_an_unsafe_ending_may_become_a_safe_one():
    key = {"endings": OTHER["scenario"]["endings"] | {"n4": {"outcome": "safe", "points": "1"}}}
    check_key(question_of("scenario"), key)


# Parts that are judged by themselves -----------------------------------------------------------------------------------

A, C = {"questions": {"v1": {"correct": ["a"]}}}, {"questions": {"v1": {"correct": ["c"]}}}
NUMBER = {"questions": {"v3": {"answer": "101", "tolerance": "0"}}}


def case(first: str, number: str) -> tuple:
    """A case whose middle question is answered rightly."""
    question, drawn, response = asked("vignette", right=True)
    parts = response["parts"] | {"v1": {"chosen": [first]}, "v3": {"value": number, "unit": "mg"}}
    return question, drawn, {"parts": parts}


@pytest.mark.parametrize(
    ("regrades", "first", "number", "points"),
    [
        ([(ACCEPT, A), (ACCEPT, NUMBER)], "a", "101", 1),
        ([(ACCEPT, A), (ACCEPT, NUMBER)], "b", "10", 1),
        ([(ACCEPT, A), (ACCEPT, NUMBER)], "a", "10", 1),
        ([(KEY, NUMBER), (ACCEPT, A)], "a", "10", 2 * THIRD),
        ([(KEY, NUMBER), (ACCEPT, A)], "a", "101", 1),
        ([(KEY, NUMBER), (KEY, A)], "a", "101", 1),
        ([(KEY, NUMBER), (KEY, A)], "b", "101", 2 * THIRD),
        ([(ACCEPT, A), (KEY, C)], "a", "10", 2 * THIRD),
        ([(ACCEPT, A), (KEY, C)], "c", "10", 1),
        ([(ACCEPT, NUMBER), (KEY, C)], "c", "101", 1),
        ([(ACCEPT, NUMBER), (KEY, C)], "c", "10", 1),
        ([(FULL, {}), (KEY, A)], "b", "10", 2 * THIRD),
    ],
)
def test_a_key_of_one_question_of_a_case_leaves_the_others_alone(regrades, first, number, points):
    assert points_of(*case(first, number), ruling_of(regrades)) == points


@pytest.mark.parametrize(
    ("chosen", "text", "points"),
    [("o1", "breaths", 1), ("o2", "sighs", 1), ("o1", "sighs", 1), ("o2", "breaths", 1), ("o3", "sighs", HALF)],
)
def test_of_two_keys_of_a_text_each_gap_is_judged_by_itself(chosen, text, points):
    ruling = ruling_of([(ACCEPT, {"gaps": {"1": ["o2"], "2": ["sighs"]}})])
    question, drawn, _ = asked("cloze", right=True)
    assert points_of(question, drawn, {"gaps": {"1": chosen, "2": text}}, ruling) == points


def test_a_right_side_that_matched_nothing_may_be_the_right_one():
    key = {"pairs": {"p1": "x1", "p2": "p2", "p3": "p3"}}
    question, drawn, response = asked("matching", right=True)
    check_key(question, key)
    assert points_of(question, drawn, {"pairs": response["pairs"] | {"p1": "x1"}}, ruling_of([(KEY, key)])) == 1
    assert points_of(question, drawn, response, ruling_of([(KEY, key)])) == 2 * THIRD


# Properties over all kinds ----------------------------------------------------------------------------------------------


def as_it_is(name: str) -> dict:
    """The frozen key, written as a key."""
    return {
        "single": {"correct": ["b"]},
        "multiple": {"correct": ["a", "b"]},
        "truefalse": {"is_true": True},
        "numeric": {"answer": "10", "tolerance": "0"},
        DRAWN: {"formula": "weight * dose", "tolerance": "0"},
        "shorttext": {"accepted": ["capnography", "capnometry"]},
        "matching": {"pairs": {"p1": "p1", "p2": "p2", "p3": "p3"}},
        "ordering": {"order": ["i1", "i2", "i3", "i4"]},
        "cloze": {"gaps": {"1": ["o1"], "2": ["breaths"]}},
        "vignette": NUMBER,
        "scenario": {"endings": OTHER["scenario"]["endings"] | {"n5": {"outcome": "unsafe", "points": "0"}}},
    }[name]


@st.composite
def decisions(draw, name):
    change = draw(st.sampled_from([VOID, FULL, ACCEPT, KEY]))
    return change, draw(st.sampled_from([OTHER[name], as_it_is(name)])) if change in (ACCEPT, KEY) else {}


@given(st.data(), st.sampled_from(sorted(OTHER)), st.booleans(), st.integers(0, 9))
def test_for_every_kind_a_regrade_twice_is_one_and_accepting_takes_nothing_away(data, name, right, seed):
    question, drawn, response = asked(name, right=right, seed=seed, shuffle=True)
    response = data.draw(st.sampled_from([response, None]))
    made = data.draw(st.lists(decisions(name), max_size=3))
    before = ruling_of(made)
    (change, key) = data.draw(decisions(name))
    once, twice = ruling_of([*made, (change, key)]), ruling_of([*made, (change, key), (change, key)])
    assert once == twice
    points = points_of(question, drawn, response, once)
    assert 0 <= points <= 1
    assert data_for(question, drawn, response, once) == data_for(question, drawn, response, twice)
    if change == ACCEPT and not before.is_full:
        assert points >= points_of(question, drawn, response, before)
    if change == FULL:
        assert points == 1


# Applied through the page ----------------------------------------------------------------------------------------------


def fields_of(name: str) -> dict:
    """What a director writes to say `OTHER`."""
    return {
        "single": {"options": ["a"]},
        "multiple": {"options": ["c"]},
        "truefalse": {},
        "numeric": {"answer": "101"},
        DRAWN: {"formula": "weight * dose * 10 + 1"},
        "shorttext": {"accepted": "nothing of the kind"},
        "matching": {"match-1": "p2", "match-2": "p3", "match-3": "p1"},
        "ordering": {"place-1": "i4", "place-2": "i3", "place-3": "i2", "place-4": "i1"},
        "cloze": {"gap-1": ["o2"], "gap-2": "nothing of the kind"},
        "vignette": {"question": "v1", "part-1-options": ["a"]},
        "scenario": {"points-3": "0.5"},
    }[name]


@pytest.fixture
def sat(cast):
    """A quiz with one question of a kind, answered wrongly."""

    def make(name: str) -> SimpleNamespace:
        written = {"content": DRAWN_DOSE, "stem": DRAWN_STEM} if name == DRAWN else {}
        question = make_question("numeric" if name == DRAWN else name, **written)
        edition = make_edition()
        item = make_quiz(edition, questions=[frozen_version(question)], pass_percent=30)
        enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition))
        attempt = make_attempt(enrolment, item, wrong=(1,))
        return SimpleNamespace(attempt=attempt, version=question.newest_version)

    return make


@pytest.mark.parametrize("name", OTHER)
def test_a_director_looks_at_another_key_applies_it_and_doing_it_again_changes_nothing(cast, sat, name):
    found = sat(name)
    assert (found.attempt.score, found.attempt.passed) == (0, False)
    client, url = cast.client("director"), reverse("desk_regrade", args=[found.version.question.key, 1])
    fields = {"change": "key", "reason": "The key was wrong."} | fields_of(name)
    looked = send_form(client, client.get(url), "Look at what changes", **fields)
    assert "Becomes passed" in text_of(looked)
    assert not Regrade.objects.exists()
    done = send_form(client, looked, "Apply it to 1 result")
    assert "Became passed" in text_of(done)
    regrade = Regrade.objects.get()
    assert regrade.key == OTHER[name]
    assert AuditEntry.objects.filter(action="assessments.regrade.applied").count() == 1
    attempt = Attempt.objects.get()
    points = POINTS[name][0][0]
    assert (attempt.score, attempt.passed) == (Decimal(int(points * 10000)) / 100, True)
    assert (catch_up(regrade), RegradedAttempt.objects.count()) == (0, 1)
    with pytest.raises(RegradeRefused, match="That is how it counts already"):
        look_at_regrade(found.version, change=KEY, key=regrade.key, passes=PassesKept.ALL)


@pytest.mark.django_db
def test_a_true_and_a_false_statement_are_not_both_right():
    version = make_question("truefalse").newest_version
    assert [value for value, _ in RegradeForm(version=version).fields["change"].choices] == ["void", "full", "key"]
    with pytest.raises(RegradeRefused, match="Both answers cannot be right"):
        look_at_regrade(version, change=ACCEPT, key={"is_true": False}, passes=PassesKept.ALL)


@pytest.mark.django_db
def test_an_essay_has_no_key():
    form = RegradeForm(version=make_question("essay").newest_version)
    assert [value for value, _ in form.fields["change"].choices] == ["void", "full"]
    assert list(form.fields) == ["change", "passes", "reason"]
