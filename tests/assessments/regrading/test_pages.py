"""The director's pages of regrading through HTTP, and what the trainee then reads."""

import pytest
from django.urls import reverse

from assessments.enums import RegradeChange
from assessments.models import Attempt, Regrade
from assessments.regrading.forms import RegradeForm
from lms.accounts.actions import raise_barrier
from tests.cast import make_person
from tests.factories.assessments import make_question
from tests.factories.enrolment import make_enrolment
from tests.factories.regrading import make_asked, option, regrade, sit
from tests.web import post, send_form, text_of


@pytest.fixture
def asked(cast):
    asked = make_asked()
    enrolment = make_enrolment(cast.trainee, cohort=asked.cohort)
    asked.attempt = sit(enrolment, asked.item, "0011")
    return asked


def page(asked, place=0):
    version = asked.versions[place]
    return reverse("desk_regrade", args=[version.question.key, version.number])


def said(response):
    return text_of(response).replace("\xa0", " ")


def test_a_director_looks_first_and_then_applies(cast, asked):
    client = cast.client("director")
    form = client.get(page(asked))
    right = next(option["text"] for option in asked.versions[0].data["options"] if option["correct"])
    assert f"Right as it was asked: {right}" in said(form)
    looked = send_form(client, form, "Look at what changes", change="full", reason="The stem was cut off.")
    assert "1 result of people who were asked this version: 1 becomes passed, 0 are no longer passed" in said(looked)
    assert "Trainee Ethics of touch: quiz, 1 50 % 75 % Becomes passed" in said(looked)
    assert not Regrade.objects.exists()
    done = send_form(client, looked, "Apply it to 1 result")
    assert "Full credit for everybody" in said(done)
    assert "Trainee Ethics of touch: quiz, 1 50 % 75 % Became passed" in said(done)
    assert Attempt.objects.get().passed
    assert "Full credit for everybody" in said(client.get(page(asked)))


def test_what_was_decided_otherwise_since_the_look_is_shown_again(cast, asked):
    client = cast.client("director")
    looked = send_form(client, client.get(page(asked)), "Look at what changes", change="full", reason="Cut off.")
    again = send_form(client, looked, "Apply it to 1 result", change="void")
    assert again.status_code == 422
    assert "Look at what it changes once more" in said(again)
    assert "1 result of people who were asked this version: 0 become passed" in said(again)
    assert not Regrade.objects.exists()


def test_a_new_key_is_chosen_among_the_options(cast, asked):
    client = cast.client("director")
    right = option(asked.versions[0], 0)
    fields = {"change": "key", "options": [right], "reason": "Option 0 is right."}
    looked = send_form(client, client.get(page(asked)), "Look at what changes", **fields)
    done = send_form(client, looked, "Apply it to 1 result")
    assert "Another answer is right instead" in said(done)
    assert Regrade.objects.get().key == {"correct": [right]}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"change": "key", "reason": "Wrong."}, "Mark exactly one option as correct"),
        ({"change": "full"}, "This field is required"),
        ({"reason": "Wrong."}, "This field is required"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(cast, asked, fields, sentence):
    response = post(cast.client("director"), page(asked), act="look", passes="all", **fields)
    assert response.status_code == 422
    assert sentence in said(response)
    assert "What it changes" not in said(response)


@pytest.mark.parametrize(
    ("kind", "offered"),
    [("single", ["void", "full", "accept", "key"]), ("numeric", ["void", "full", "accept", "key"])],
)
@pytest.mark.django_db
def test_what_is_offered_depends_on_the_kind(kind, offered):
    question = make_question(kind)
    form = RegradeForm(version=question.newest_version)
    assert [value for value, _ in form.fields["change"].choices] == offered


def test_people_behind_a_barrier_are_counted_and_not_named(cast, asked):
    raise_barrier(cast.director, cast.trainee, by=cast.second_director, reason="They are related.")
    client = cast.client("director")
    looked = send_form(client, client.get(page(asked)), "Look at what changes", change="full", reason="Cut off.")
    assert "1 of them belongs to people whose results you may not see" in said(looked)
    assert "Trainee Ethics of touch" not in said(looked)
    done = send_form(client, looked, "Apply it to 1 result")
    assert "Trainee Ethics of touch" not in said(done)


def test_a_version_that_no_quiz_asks_is_not_found(cast, asked):
    version = make_question().newest_version
    assert cast.client("director").get(reverse("desk_regrade", args=[version.question.key, 1])).status_code == 404
    assert cast.client("director").get(page(asked).replace("/1/", "/2/")).status_code == 404


def test_the_trainee_reads_that_it_was_graded_again(cast, asked):
    regrade(asked.versions[0], RegradeChange.VOID, by=cast.director)
    result = said(cast.client("trainee").get(reverse("quiz_result", args=[asked.attempt.pk])))
    assert "The score was 50 % before, and is 66 % now." in result
    assert "This question was not right. It does not count, for anybody." in result
    assert "Question 1 Does not count" in result


@pytest.mark.parametrize("people", [1, 3])
def test_the_pages_ask_a_fixed_number_of_questions(cast, people, django_assert_num_queries):
    asked = make_asked()
    for number in range(people):
        sit(make_enrolment(make_person(f"person_{number}"), cohort=asked.cohort), asked.item, "0011")
    made = regrade(asked.versions[1], RegradeChange.VOID, by=cast.director)
    client = cast.client("director")
    fields = {"change": "full", "passes": "all", "reason": "Cut off.", "act": "look"}
    post(client, page(asked), **fields)
    client.get(reverse("desk_regraded", args=[made.pk]))
    with django_assert_num_queries(LOOK_QUERIES):
        post(client, page(asked), **fields)
    with django_assert_num_queries(RECORD_QUERIES):
        client.get(reverse("desk_regraded", args=[made.pk]))


LOOK_QUERIES = 18
RECORD_QUERIES = 8
