"""The canary of the bank's preview: "as a trainee sees it" holds no key of any kind, drawn values included."""

import re

import pytest
from django.urls import reverse

from assessments.kinds import KINDS
from assessments.kinds.scenario import Scenario
from assessments.kinds.story import safe_path, stations_of
from tests.assessments.editing import BANK
from tests.factories.assessments import make_question
from tests.factories.questions import DRAWN_DOSE, DRAWN_STEM, draft, frozen
from tests.web import text_of

MARK = "ZQSECRET"
DRAWN = "drawn numeric"
WRITTEN = {
    "numeric": {"content": {"answer": "73129", "tolerance": "0.375"}},
    DRAWN: {"content": DRAWN_DOSE | {"formula": "weight * dose * 1009"}, "stem": DRAWN_STEM},
}
# What only the key, a later question or a later step tells, beside everything that carries the mark.
ELSEWHERE = {
    "numeric": ["73129", "0.375"],
    DRAWN: ["1009", "formula"],
    "matching": ['value="p1"', 'value="x1"', "data-id"],
    "ordering": ['value="i1"', "Right answer"],
    "cloze": ['value="o1"', "selected"],
    "vignette": ["Question 2 of the case", "Question 3 of the case", "Sign 1", "Cause 1"],
    "scenario": ["She breathes again", "Give oxygen", "Her colour returns", "She is blue", "Safe path", "of 1 point"],
}
SHOWN_WITH_THE_ANSWER = {
    "numeric": ["73129"],
    DRAWN: ["Right answer"],
    "matching": ["Cause 1"],
    "ordering": ["Item 1 of"],
    "cloze": ["airway"],
    "vignette": ["Question 3 of the case"],
    "scenario": ["She breathes again", "Her colour returns", "Safe path", "0.25 of 1 point", "The story begins here"],
}


def previewed(client, name: str, mode: str = "", *, by) -> str:
    kind = "numeric" if name == DRAWN else name
    written = draft(kind, mark=MARK, **WRITTEN.get(name, {}))
    question = make_question(kind, stem=written.stem, content=written.content, feedback=written.feedback, by=by)
    url = reverse(f"{BANK}:revisions_view", args=[question.pk, question.latest_revision_id])
    response = client.get(url, {"mode": mode} if mode else {})
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("name", [*KINDS, DRAWN])
def test_as_a_trainee_sees_it_holds_no_key(cast, name):
    page = previewed(cast.client("director"), name, by=cast.director)
    html = page.content.decode()
    forbidden = [MARK, "circle-check", "With the answer", "All steps", "(right)", *ELSEWHERE.get(name, [])]
    assert [word for word in forbidden if word in html] == []
    assert "Preview" in text_of(page)


@pytest.mark.parametrize("name", [*KINDS, DRAWN])
def test_with_the_answer_it_is_all_there(cast, name):
    page = previewed(cast.client("director"), name, "answer", by=cast.director)
    words = text_of(page)
    assert [word for word in (MARK, "With the answer", *SHOWN_WITH_THE_ANSWER.get(name, [])) if word not in words] == []


def test_items_are_never_shown_in_their_right_order(cast):
    html = previewed(cast.client("director"), "ordering", by=cast.director).content.decode()
    shown = list(dict.fromkeys(re.findall(r"Item (\d) of", html)))
    assert sorted(shown) == ["1", "2", "3", "4"]
    assert shown != sorted(shown)


def test_the_drawn_values_are_in_the_question_and_their_answer_is_not(cast):
    html = previewed(cast.client("director"), DRAWN, by=cast.director).content.decode()
    weight, dose = re.search(r"([\d.]+) kg, ([\d.]+) mg/kg", html).groups()
    assert str(int(float(weight) * float(dose) * 1009)) not in html


def test_every_step_of_a_story_is_listed_with_where_it_leads_and_the_safe_path():
    data = frozen("scenario")
    stations = stations_of(data)
    assert [(one.name, one.is_start, one.is_safe, one.outcome, one.points) for one in stations] == [
        ("n1", True, True, "", ""),
        ("n2", False, True, "", ""),
        ("n3", False, True, "safe", "1"),
        ("n4", False, False, "unsafe", "0.25"),
        ("n5", False, False, "unsafe", "0"),
    ]
    assert [(way.text, way.to, way.is_safe) for one in stations for way in one.ways] == [
        ("Open the airway", "n2", True),
        ("Wait a minute", "n5", False),
        ("Give oxygen and stay", "n3", True),
        ("Leave to make a call", "n4", False),
    ]
    assert [choice["to"] for choice in safe_path(data)] == ["n2", "n3"]
    assert Scenario().overview(data) == stations
    assert KINDS["single"].overview(frozen("single")) == []
