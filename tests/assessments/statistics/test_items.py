"""What is gathered from first attempts: rest scores, distractors, times, and the words an author reads."""

from datetime import UTC, datetime, timedelta

import pytest

from assessments.statistics.arithmetic import MINIMUM
from assessments.statistics.items import (
    Chosen,
    Given,
    Sat,
    chosen_of,
    flags_of,
    given_by_version,
    item_of,
    quiz_reliability,
    seconds_spent,
    why_too_few,
)

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
OPTIONS = {
    "options": [
        {"id": "a", "text": "Sit her up", "correct": False},
        {"id": "b", "text": "Call for help", "correct": True},
        {"id": "c", "text": "Wait", "correct": False},
    ]
}


def row(slot, points, *, version=1, response=None):
    return {"slot": slot, "question": f"q{slot}", "version": version, "points": points, "response": response}


def sat(*points, **fields):
    rows = [row(slot, share) for slot, share in enumerate(points, start=1)]
    return Sat(NOW, [{"slot": line["slot"], "question": line["question"]} for line in rows], rows, **fields)


def chose(id_, *, points=0.0, rest=0.5):
    return Given(points, rest, {"chosen": [id_]} if id_ else None, {"slot": 1}, None)


def test_the_rest_is_the_mean_of_all_other_questions():
    given = given_by_version([sat("1", "1/2", "0")])
    assert {key: (each[0].points, each[0].rest) for key, each in given.items()} == {
        ("q1", 1): (1.0, 0.25),
        ("q2", 1): (0.5, 0.5),
        ("q3", 1): (0.0, 0.75),
    }


def test_what_still_has_to_be_marked_says_nothing_yet():
    given = given_by_version([sat("1", None, "0")])
    assert set(given) == {("q1", 1), ("q3", 1)}
    assert given[("q1", 1)][0].rest == 0


def test_versions_are_kept_apart():
    first, second = sat("1", "0"), sat("0", "1")
    second.result[0]["version"] = 2
    assert {key: len(each) for key, each in given_by_version([first, second]).items()} == {
        ("q1", 1): 1,
        ("q1", 2): 1,
        ("q2", 1): 2,
    }


def test_time_runs_from_one_save_to_the_next():
    saved = {2: NOW + timedelta(seconds=90), 1: NOW + timedelta(seconds=30), 3: NOW + timedelta(seconds=100)}
    assert seconds_spent(NOW, saved) == {1: 30, 2: 60, 3: 10}


def test_nothing_is_said_below_the_minimum():
    item = item_of(("q1", 1), [chose("b", points=1.0)] * (MINIMUM - 3))
    assert (item.count, item.lacking, item.difficulty, item.discrimination, item.flags) == (17, 3, None, None, ())


def test_the_distractor_table_tells_who_chose_what():
    weak = [chose("a", rest=0.1)] * 3 + [chose(None, rest=0.15)] * 2
    middle = [chose("a", rest=0.5)] * 4 + [chose("b", points=1.0, rest=0.5)] * 6
    strong = [chose("b", points=1.0, rest=0.9)] * 5
    assert chosen_of("single", OPTIONS, weak + middle + strong) == [
        Chosen("Sit her up", False, 7, 3, 0),
        Chosen("Call for help", True, 11, 0, 5),
        Chosen("Wait", False, 0, 0, 0),
        Chosen("No answer", False, 2, 2, 0),
    ]


def test_answers_in_words_are_counted_as_they_were_given():
    data = {"answer": "10", "unit": "mg", "tolerance": "0", "accepted_units": []}
    ten, hundred = {"value": "10", "unit": "mg"}, {"value": "100", "unit": "mg"}
    given = [Given(1.0, 0.9, ten, {}, None)] * 3 + [Given(0.0, 0.1, hundred, {}, None)] * 2
    assert chosen_of("numeric", data, given) == [Chosen("10 mg", True, 3, 0, 1), Chosen("100 mg", False, 2, 1, 0)]


@pytest.mark.parametrize(
    ("easy", "tells", "flags"),
    [
        (0.97, 0.3, ["Almost everybody is right"]),
        (0.97, -0.2, ["Those who know more miss it more often", "Almost everybody is right"]),
        (0.15, 0.3, ["Hardly anybody is right"]),
        (0.6, 0.05, ["It hardly tells who knows more"]),
        (0.6, None, []),
        (0.6, 0.35, []),
    ],
)
def test_the_figures_are_told_in_words(easy, tells, flags):
    assert flags_of(easy, tells, []) == flags


def test_a_wrong_option_of_those_who_know_more_and_an_idle_one_are_named():
    chosen = [Chosen("A", False, 9, 1, 5), Chosen("B", True, 9, 4, 2), Chosen("C", False, 0, 0, 0)]
    assert flags_of(0.5, 0.3, chosen) == ["“A” draws those who know more", "Nobody chose “C”"]


@pytest.mark.parametrize(("lower", "upper", "is_named"), [(0, 1, False), (0, 2, True), (3, 4, False), (3, 5, True)])
def test_one_person_of_the_upper_group_is_chance(lower, upper, is_named):
    flags = flags_of(0.5, 0.3, [Chosen("A", False, 9, lower, upper)])
    assert flags == (["“A” draws those who know more"] if is_named else [])


def test_reliability_is_of_those_who_were_asked_the_same():
    same = [sat("1", "1"), sat("1", "0"), sat("0", "0")] * 10
    other = sat("1", "0")
    other.result[0]["version"] = 2
    alpha, people = quiz_reliability([*same, other])
    assert people == 30
    assert alpha == pytest.approx(2 * (1 - 2 * (2 / 9) / (2 / 3)))
    assert quiz_reliability(same[:19]) == (None, 19)
    assert quiz_reliability([]) == (None, 0)


def test_the_page_says_how_many_are_missing():
    assert why_too_few(20) == ""
    assert why_too_few(19).startswith(
        "1 more person is needed. Figures are shown from 20 first attempts on, and there are 19"
    )
    assert why_too_few(1).startswith("19 more people are needed.")
    assert "there is 1:" in why_too_few(1)
