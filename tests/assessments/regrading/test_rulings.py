"""What regrades make of a version: pure, each change by hand, and together in the order in which they were made."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import RegradeChange
from assessments.grading import grade
from assessments.kinds.base import Unusable
from assessments.quiz import Quiz
from assessments.regrading.rulings import AS_FROZEN, Ruling, check_key, data_of_all, points_of, ruling_of, rulings_of
from tests.factories.assessments import SETTINGS, frozen_question

VOID, FULL, ACCEPT, KEY = RegradeChange
SINGLE = frozen_question("q", "single")  # of a, b, c, d only b is right
MULTIPLE = frozen_question("q", "multiple")  # a and b are right
NUMERIC = frozen_question("q", "numeric")  # 10 mg
A, C = {"correct": ["a"]}, {"correct": ["c"]}


def chose(*ids):
    return {"chosen": list(ids)}


@pytest.mark.parametrize(
    ("regrades", "question", "response", "points"),
    [
        ([], SINGLE, chose("b"), 1),
        ([(FULL, {})], SINGLE, None, 1),
        ([(FULL, {})], SINGLE, chose("a"), 1),
        ([(ACCEPT, A)], SINGLE, chose("a"), 1),
        ([(ACCEPT, A)], SINGLE, chose("b"), 1),
        ([(ACCEPT, A)], SINGLE, chose("c"), 0),
        ([(ACCEPT, A)], SINGLE, None, 0),
        ([(ACCEPT, A), (ACCEPT, C)], SINGLE, chose("a"), 1),
        ([(KEY, A)], SINGLE, chose("b"), 0),
        ([(KEY, A)], SINGLE, chose("a"), 1),
        ([(ACCEPT, C), (KEY, A)], SINGLE, chose("c"), 0),
        ([(KEY, A), (ACCEPT, C)], SINGLE, chose("c"), 1),
        ([(FULL, {}), (KEY, A)], SINGLE, chose("b"), 0),
        ([(KEY, {"correct": ["a", "c"]})], MULTIPLE, chose("a", "c"), 1),
        ([(ACCEPT, {"correct": ["c"]})], MULTIPLE, chose("c"), 1),
        ([(ACCEPT, {"correct": ["c"]})], MULTIPLE, chose("a"), Fraction(1, 2)),
        ([(KEY, {"answer": "100", "tolerance": "0"})], NUMERIC, {"value": "100", "unit": "mg"}, 1),
        ([(KEY, {"answer": "100", "tolerance": "0"})], NUMERIC, {"value": "10", "unit": "mg"}, 0),
        ([(ACCEPT, {"answer": "100", "tolerance": "0"})], NUMERIC, {"value": "0.01", "unit": "g"}, 1),
    ],
)
def test_points_under_a_ruling(regrades, question, response, points):
    assert points_of(question, {"slot": 1, "question": "q"}, response, ruling_of(regrades)) == points


def test_the_order_of_regrades_decides():
    assert ruling_of([(FULL, {}), (VOID, {})]).is_void
    assert ruling_of([(VOID, {}), (FULL, {})]) == Ruling(FULL, is_full=True)
    assert ruling_of([(VOID, {}), (KEY, A)]) == Ruling(KEY, keys=(A,))
    assert ruling_of([(ACCEPT, A), (ACCEPT, A)]) == ruling_of([(ACCEPT, A)])
    assert ruling_of([]) == AS_FROZEN


def test_a_regrade_that_left_an_attempt_alone_is_left_out_for_it():
    made = {("q", 1): [(7, VOID, {}), (9, ACCEPT, A)]}
    assert rulings_of(made, without={7}) == {("q", 1): ruling_of([(ACCEPT, A)])}
    assert rulings_of(made, without={7, 9}) == {}


def test_a_key_that_nobody_could_author_is_refused():
    for key in ({"correct": []}, {"correct": ["a", "b"]}):
        with pytest.raises(Unusable):
            check_key(SINGLE, key)
    with pytest.raises(Unusable):
        check_key(NUMERIC, {"answer": "ten", "tolerance": "0"})
    check_key(SINGLE, A)


def test_all_keys_in_force_are_marked_where_people_read_them():
    marked = data_of_all(SINGLE["data"], ruling_of([(ACCEPT, A)]))
    assert [o["id"] for o in marked["options"] if o["correct"]] == ["a", "b"]
    assert [o["id"] for o in SINGLE["data"]["options"] if o["correct"]] == ["b"]


QUESTIONS = [frozen_question(f"q{number}", "single", critical=number == 1) for number in range(1, 5)]
QUIZ = Quiz({"settings": SETTINGS | {"pass_percent": 75}, "questions": QUESTIONS})
DRAW = [{"slot": number, "question": f"q{number}", "order": list("abcd")} for number in range(1, 5)]


def graded(choices, rulings=None):
    responses = {slot: chose(id_) for slot, id_ in enumerate(choices, start=1)}
    return grade(QUIZ, DRAW, responses, rulings=rulings or {})


def outcome(choices, rulings=None):
    found = graded(choices, rulings).outcome
    return (found.percent, found.passed, found.failed_critical)


def test_a_void_question_is_neither_earned_nor_asked():
    assert outcome("bbaa") == (50, False, False)
    assert outcome("bbaa", {("q3", 1): ruling_of([(VOID, {})])}) == (Decimal("66.66"), False, False)
    assert outcome("bbba", {("q4", 1): ruling_of([(VOID, {})])}) == (100, True, False)


def test_a_void_critical_question_fails_nobody():
    assert outcome("abbb") == (75, False, True)
    assert outcome("abbb", {("q1", 1): ruling_of([(VOID, {})])}) == (100, True, False)


def test_where_nothing_counts_any_more_nothing_was_missed():
    everything = {(f"q{number}", 1): ruling_of([(VOID, {})]) for number in range(1, 5)}
    assert outcome("aaaa", everything) == (100, True, False)


def test_another_version_of_the_question_is_untouched():
    assert outcome("bbaa", {("q3", 2): ruling_of([(FULL, {})])}) == outcome("bbaa")


changes = st.one_of(
    st.tuples(st.sampled_from([VOID, FULL]), st.just({})),
    st.tuples(st.sampled_from([ACCEPT, KEY]), st.sampled_from([{"correct": [id_]} for id_ in "abcd"])),
)
made = st.dictionaries(st.tuples(st.sampled_from(["q1", "q2", "q3", "q4"]), st.just(1)), st.lists(changes, max_size=4))


@given(st.text("abcd", min_size=4, max_size=4), made)
def test_a_score_stays_within_its_range_and_regrading_again_changes_nothing(choices, made):
    rulings = {version: ruling_of(regrades) for version, regrades in made.items() if regrades}
    first = graded(choices, rulings)
    again = grade(QUIZ, DRAW, {row["slot"]: row["response"] for row in first.rows}, rulings=rulings)
    assert again == first
    assert 0 <= first.outcome.percent <= 100
    assert not (first.outcome.passed and first.outcome.failed_critical)


@given(st.text("abcd", min_size=4, max_size=4), made, st.tuples(st.sampled_from([VOID, FULL, ACCEPT]), st.just(A)))
def test_the_same_regrade_twice_is_the_same_as_once(choices, made, again):
    change, key = again[0], again[1] if again[0] == ACCEPT else {}
    once = [*made.get(("q1", 1), []), (change, key)]
    assert ruling_of([*once, (change, key)]) == ruling_of(once)
    assert outcome(choices, {("q1", 1): ruling_of([*once, (change, key)])}) == outcome(
        choices, {("q1", 1): ruling_of(once)}
    )
