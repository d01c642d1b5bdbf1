from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.drawing import draw_slots
from assessments.quiz import Quiz
from assessments.scoring import Mark, Outcome, outcome_of


def marks(*points, critical=()):
    return [Mark(slot, Fraction(point), slot in critical) for slot, point in enumerate(points, start=1)]


@pytest.mark.parametrize(
    ("given_marks", "expected"),
    [
        (marks(1, 1, 1, 1, 0), Outcome(Decimal("80"), True, False)),
        (marks(1, 1, 1, 0, 0), Outcome(Decimal("60"), False, False)),
        (marks(1, 1, 1, 1, 0, critical=[5]), Outcome(Decimal("80"), False, True)),
        (marks(1, 1, 1, 1, "1/2", critical=[5]), Outcome(Decimal("90"), False, True)),
        (marks(1, 1, 1, 1, "1/2", critical=[1]), Outcome(Decimal("90"), True, False)),
        (marks("2/3", "2/3", "2/3"), Outcome(Decimal("66.66"), False, False)),
        (marks(*["4/5"] * 3), Outcome(Decimal("80"), True, False)),
        (marks(*["79999/100000"]), Outcome(Decimal("79.99"), False, False)),
    ],
)
def test_outcomes_are_as_worked_by_hand(given_marks, expected):
    assert outcome_of(given_marks, pass_percent=80) == expected


shares = st.lists(st.fractions(min_value=0, max_value=1, max_denominator=12), min_size=1, max_size=30)


@given(shares, st.integers(1, 100), st.randoms())
def test_the_order_of_answering_never_matters_and_the_score_stays_between_0_and_100(points, pass_percent, random):
    in_order = [Mark(slot, point) for slot, point in enumerate(points, start=1)]
    shuffled = random.sample(in_order, len(in_order))
    outcome = outcome_of(in_order, pass_percent=pass_percent)
    assert outcome == outcome_of(shuffled, pass_percent=pass_percent)
    assert 0 <= outcome.percent <= 100
    assert outcome.passed == (outcome.percent >= pass_percent)


def source(count=6, critical=(1, 2), **settings):
    question = {"kind": "single", "data": {"options": [{"id": id_} for id_ in "abcd"]}}
    return {
        "settings": {"draw": 0, "shuffle_questions": False, "shuffle_options": False} | settings,
        "questions": [question | {"key": f"q{n}", "critical": n in critical} for n in range(1, count + 1)],
    }


def test_without_chance_the_slots_follow_the_author():
    assert draw_slots(source(2), Random(1)) == [
        {"slot": 1, "question": "q1", "section": "", "order": ["a", "b", "c", "d"]},
        {"slot": 2, "question": "q2", "section": "", "order": ["a", "b", "c", "d"]},
    ]


@given(st.integers(1, 8), st.integers(0, 10_000))
def test_a_draw_has_the_size_asked_for_and_every_critical_item(count, seed):
    slots = draw_slots(source(draw=count, shuffle_questions=True, shuffle_options=True), Random(seed))
    keys = [slot["question"] for slot in slots]
    assert len(keys) == len(set(keys)) == max(2, min(count, 6))
    assert {"q1", "q2"} <= set(keys)
    assert [slot["slot"] for slot in slots] == list(range(1, len(slots) + 1))
    assert all(sorted(slot["order"]) == list("abcd") for slot in slots)


def test_a_shuffle_leaves_the_frozen_question_as_it_was():
    frozen = source(shuffle_options=True)
    draw_slots(frozen, Random(3))
    assert frozen == source(shuffle_options=True)


def in_sections(*sections, critical=(), **settings):
    """A quiz of schema 2: each section is its title, the numbers of its questions, and how many of them it draws."""
    pools = [
        {"title": title, "questions": [f"q{number}" for number in numbers], "draw": draw}
        for title, numbers, draw in sections
    ]
    count = max(number for _, numbers, _ in sections for number in numbers)
    return source(count, critical=critical, **settings) | {"schema": 2, "sections": pools}


def test_sections_follow_each_other_and_each_slot_names_its_own():
    frozen = in_sections(("Body", [3, 1], 0), ("Mind", [2], 0), shuffle_questions=False)
    assert [(slot["question"], slot["section"]) for slot in draw_slots(frozen, Random(1))] == [
        ("q3", "Body"),
        ("q1", "Body"),
        ("q2", "Mind"),
    ]


@given(st.integers(0, 5), st.integers(0, 5), st.sets(st.integers(1, 10)), st.integers(0, 10_000))
def test_each_section_draws_its_own_number_and_no_critical_item_is_left_out(first, second, critical, seed):
    pools = {"Body": range(1, 6), "Mind": range(6, 11)}
    sections = [("Body", pools["Body"], first), ("Mind", pools["Mind"], second)]
    frozen = in_sections(*sections, critical=critical, shuffle_questions=True, shuffle_options=True)
    slots = draw_slots(frozen, Random(seed))
    asked = {title: [int(slot["question"][1:]) for slot in slots if slot["section"] == title] for title in pools}
    for title, pool, draw in sections:
        assert set(asked[title]) <= set(pool)
        assert len(asked[title]) == len(set(asked[title])) == max(draw or len(pool), len(critical & set(pool)))
    assert critical <= {*asked["Body"], *asked["Mind"]}
    assert [slot["section"] for slot in slots] == ["Body"] * len(asked["Body"]) + ["Mind"] * len(asked["Mind"])
    assert len(slots) == Quiz(frozen).asked_count


@given(st.integers(0, 10_000))
def test_shuffling_stays_within_a_section(seed):
    frozen = in_sections(("Body", range(1, 4), 0), ("Mind", range(4, 7), 0), shuffle_questions=True)
    keys = [slot["question"] for slot in draw_slots(frozen, Random(seed))]
    assert (sorted(keys[:3]), sorted(keys[3:])) == (["q1", "q2", "q3"], ["q4", "q5", "q6"])


def test_a_shuffle_within_a_section_gives_every_order():
    frozen = in_sections(("Body", range(1, 4), 0), shuffle_questions=True)
    orders = {tuple(slot["question"] for slot in draw_slots(frozen, Random(seed))) for seed in range(100)}
    assert len(orders) == 6
