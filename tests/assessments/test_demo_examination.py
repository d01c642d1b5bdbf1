"""The demonstration's final examination: every kind is in it, every question can be asked, and its people's answers are real."""

import tomllib
from random import Random

import pytest

from assessments.demo_answers import saves_of
from assessments.demo_examination import LESSONS, WRITTEN
from assessments.kinds import KINDS, kind_of
from assessments.kinds.base import Draft

EXAMINATION = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))
QUESTIONS = {entry["key"]: entry for entry in EXAMINATION["question"]}
by_key = pytest.mark.parametrize("key", QUESTIONS)


def data_of(entry: dict) -> dict:
    return kind_of(entry["kind"]).freeze(Draft(entry["stem"], entry["feedback"], entry["content"]))


def test_every_kind_is_in_it_and_every_question_in_one_section():
    assert {entry["kind"] for entry in QUESTIONS.values()} == set(KINDS)
    placed = [key for section in EXAMINATION["section"] for key in section["questions"]]
    assert sorted(placed) == sorted(QUESTIONS)
    assert any(entry["kind"] == "numeric" and entry["content"]["parameters"] for entry in QUESTIONS.values())


@by_key
def test_a_question_names_references_that_the_lessons_have(key):
    lessons = LESSONS.read_text(encoding="utf-8")
    assert all(f'{{ id = "{reference}"' in lessons for reference in QUESTIONS[key]["refs"])


@by_key
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("is_right", [True, False])
def test_an_answer_of_its_people_is_taken_and_scores_as_it_is_meant(key, seed, is_right):
    entry, chance = QUESTIONS[key], Random(seed)
    kind, data = kind_of(entry["kind"]), data_of(entry)
    drawn = kind.arrange(data, chance, shuffle=True)
    response = None
    for sent in saves_of({"kind": entry["kind"], "data": data}, drawn, is_right=is_right, chance=chance):
        response = kind.parse(data, drawn, sent, response)
    points = kind.score(data, drawn, response)
    if kind.is_marked_by_hand:
        assert points is None
    else:
        assert (points == 1) == is_right
