"""Forward only and one page: what is left stays left, and several questions share a page without sharing their ids."""

import re

import pytest

from assessments.actions import leave_slot, save_answer, start_attempt
from assessments.models import Answer
from assessments.rules import AnswerRefused
from assessments.templatetags.quiz import with_suffix
from tests.factories.assessments import RIGHT, answer, frozen_question, make_attempt, make_sitting
from tests.web import post, text_of

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def forward(cast):
    sitting = make_sitting(cast.trainee, forward_only=True)
    sitting.attempt = start_attempt(sitting.enrolment, sitting.item, by=cast.trainee)
    return sitting


def say(client, attempt, slot, **data):
    return client.post(f"/quiz/{attempt.pk}/answer/", {"slot": slot, "seq": 1} | data)


def test_a_question_that_was_left_is_neither_read_nor_answered_again(cast, forward):
    client, attempt = cast.client("trainee"), forward.attempt
    assert say(client, attempt, 1, choice="b")["Location"] == f"/quiz/{attempt.pk}/"
    page = client.get(f"/quiz/{attempt.pk}/?slot=1")
    assert "Question 2 of 5" in text_of(page)
    assert "Stem of q1" not in page.content.decode()
    refused = say(client, attempt, 1, choice="a", seq=2)
    assert (refused.status_code, "you have left this question" in text_of(refused)) == (422, True)
    assert "Stem of q1" not in refused.content.decode()
    assert Answer.objects.get().response == {"chosen": ["b"]}
    assert "Stem of q1" not in client.get(f"/quiz/{attempt.pk}/review/").content.decode()


def test_questions_come_one_after_the_other(cast, forward):
    client, attempt = cast.client("trainee"), forward.attempt
    assert "Question 1 of 5" in text_of(client.get(f"/quiz/{attempt.pk}/?slot=4"))
    for sent in ({"choice": "b"}, {"choice": "b", "goto": 5}):
        assert say(client, attempt, 3, **sent).status_code == 422
    assert not Answer.objects.exists()


def test_going_on_without_an_answer_leaves_the_question_once(cast, forward):
    client, attempt = cast.client("trainee"), forward.attempt
    say(client, attempt, 1, goto=2)
    say(client, attempt, 1, goto=2)
    attempt.refresh_from_db()
    assert attempt.at_slot == 2


def test_saving_by_script_stays_at_the_question(cast, forward):
    client, attempt = cast.client("trainee"), forward.attempt
    client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 1, "choice": "b"}, **JSON)
    client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 2, "choice": "a"}, **JSON)
    attempt.refresh_from_db()
    assert (attempt.at_slot, Answer.objects.get().response) == (1, {"chosen": ["a"]})


def test_after_the_last_question_only_submitting_is_left(cast, forward):
    client, attempt = cast.client("trainee"), forward.attempt
    for slot in range(1, 6):
        say(client, attempt, slot, goto=slot + 1 if slot < 5 else 0)
    assert client.get(f"/quiz/{attempt.pk}/")["Location"] == f"/quiz/{attempt.pk}/review/"
    page = text_of(client.get(f"/quiz/{attempt.pk}/review/"))
    assert "5 questions are not answered" in page
    assert "Back to the questions" not in page
    assert post(client, f"/quiz/{attempt.pk}/submit/").status_code == 302


def test_the_rule_holds_past_the_pages_too(forward):
    leave_slot(forward.attempt.pk, slot=1, by=forward.enrolment.person)
    with pytest.raises(AnswerRefused, match="have left"):
        save_answer(forward.attempt, slot=1, sent=RIGHT["single"], client_seq=1, by=forward.enrolment.person)
    with pytest.raises(AnswerRefused, match="one after the other"):
        save_answer(forward.attempt, slot=3, sent=RIGHT["multiple"], client_seq=1, by=forward.enrolment.person)


def test_saving_costs_no_more_where_a_quiz_goes_forward_only_and_going_on_two(cast, forward, django_assert_num_queries):
    client, attempt = cast.client("trainee"), forward.attempt
    assert client.get(f"/quiz/{attempt.pk}/").status_code == 200
    with django_assert_num_queries(6):  # four, and the edges of the transaction
        client.post(f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 1, "choice": "b"}, **JSON)
    with django_assert_num_queries(8):  # where she is now, and a line of the log
        say(client, attempt, 1, choice="a", seq=2)


@pytest.fixture
def whole(cast):
    sitting = make_sitting(cast.trainee, one_page=True, forward_only=True)
    sitting.attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    return sitting


def test_one_page_shows_every_question_and_no_id_twice(cast, whole):
    page = cast.client("trainee").get(f"/quiz/{whole.attempt.pk}/").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert [f"Stem of q{number}" in page for number in range(1, 6)] == [True] * 5
    labelled = {
        name for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page) for name in names.split()
    }
    assert labelled <= set(ids)


def test_on_one_page_nothing_is_left_and_saving_leads_back_to_the_question(cast, whole):
    client = cast.client("trainee")
    saved = say(client, whole.attempt, 3, choice=["a"], seq=5)
    assert saved["Location"] == f"/quiz/{whole.attempt.pk}/#q3"
    answer(whole.attempt, 1, right=False, seq=7)
    assert Answer.objects.get(slot=1).response == {"chosen": ["a"]}


def test_on_one_page_a_refusal_stands_at_its_question(cast, whole):
    page = say(cast.client("trainee"), whole.attempt, 4, value="1,000", unit="mg", seq=5).content.decode()
    at = page.index('id="q4"')
    assert at < page.index("without commas") < page.index('id="q5"')
    assert 'value="1,000"' in page


def test_words_of_a_question_are_never_taken_for_ids():
    html = '<label for="value">say id="value"</label><input id="value" aria-describedby="a b">'
    assert with_suffix(html, "3") == (
        '<label for="value-3">say id="value"</label><input id="value-3" aria-describedby="a-3 b-3">'
    )


@pytest.mark.parametrize("questions", [1, 3])
def test_one_page_takes_the_same_queries_however_many_questions(cast, django_assert_num_queries, questions):
    frozen = [frozen_question(f"n{number}") for number in range(questions)]
    sitting = make_sitting(cast.trainee, questions=frozen, one_page=True)
    attempt = make_attempt(sitting.enrolment, sitting.item, submitted=False)
    client = cast.client("trainee")
    assert client.get(f"/quiz/{attempt.pk}/").status_code == 200
    with django_assert_num_queries(4):
        client.get(f"/quiz/{attempt.pk}/")
