"""An answer that was sent while the sign-in had run out is not lost: the script is told, a plain form waits in the session."""

import pytest
from django.test import Client

from assessments.models import Answer
from tests.cast import PASSWORD
from tests.factories.assessments import answer, make_attempt, make_sitting
from tests.web import send_form, text_of


@pytest.fixture
def attempt(cast):
    sitting = make_sitting(cast.trainee)
    return make_attempt(sitting.enrolment, sitting.item, submitted=False)


def say(client, attempt, slot, **data):
    return client.post(f"/quiz/{attempt.pk}/answer/", {"slot": slot, "seq": 9} | data)


def sign_in(client, person):
    """On the site's own page, in the browser that sent the answer."""
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302


def test_a_script_is_told_where_to_sign_in_and_keeps_the_answer_itself(attempt):
    sent = Client().post(
        f"/quiz/{attempt.pk}/answer/", {"slot": 1, "seq": 9, "choice": "a"}, HTTP_ACCEPT="application/json"
    )
    assert (sent.status_code, sent.json()["sign_in"].endswith(f"?next=%2Fquiz%2F{attempt.pk}%2F")) == (401, True)
    assert Answer.objects.get(slot=1).response == {"chosen": ["b"]}


def test_a_plain_form_is_sent_again_after_signing_in(cast, attempt):
    client = Client()
    assert f"next=/quiz/{attempt.pk}/" in say(client, attempt, 1, choice="a")["Location"]
    sign_in(client, cast.trainee)
    page = client.get(f"/quiz/{attempt.pk}/")
    assert "Your answer to question 1: Option a of q1" in text_of(page)
    assert Answer.objects.get(slot=1).response == {"chosen": ["b"]}  # not before she says so
    send_form(client, page, "Send this answer")
    assert Answer.objects.get(slot=1).response == {"chosen": ["a"]}
    assert "Send your last answer again" not in text_of(client.get(f"/quiz/{attempt.pk}/"))


def test_it_may_be_answered_anew_instead(cast, attempt):
    client = Client()
    say(client, attempt, 4, value="7", unit="mg")
    sign_in(client, cast.trainee)
    page = send_form(client, client.get(f"/quiz/{attempt.pk}/"), "Answer it anew")
    assert "Question 4 of 5" in text_of(page)
    assert Answer.objects.get(slot=4).response == {"value": "10", "unit": "mg"}


def test_what_was_saved_meanwhile_does_not_stand_in_its_way(cast, attempt):
    client = Client()
    say(client, attempt, 1, choice="a")
    answer(attempt, 1, seq=50)
    sign_in(client, cast.trainee)
    send_form(client, client.get(f"/quiz/{attempt.pk}/"), "Send this answer")
    assert Answer.objects.get(slot=1).response == {"chosen": ["a"]}


@pytest.mark.parametrize("data", [{"slot": "x", "choice": "a"}, {"slot": 1, "choice": "a" * 50_000}])
def test_nonsense_and_floods_are_not_kept(attempt, data):
    client = Client()
    assert say(client, attempt, **data).status_code == 302
    assert "kept_answer" not in client.session


def test_the_answer_of_somebody_else_is_never_shown(cast, attempt):
    client = Client()
    say(client, attempt, 1, choice="a")
    sign_in(client, cast.other_trainee)
    assert client.get(f"/quiz/{attempt.pk}/").status_code == 404
