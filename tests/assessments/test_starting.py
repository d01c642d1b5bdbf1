"""What a start asks for: the time in which it is open, the honour statement, the password, the network, the budget."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from assessments.actions import answer_attempt, start_attempt
from assessments.models import Attempt
from assessments.quiz import Quiz
from assessments.rules import Allowance, ConditionMissing, Sent, StartRefused, deadline_of, is_from, length_in_words
from tests.factories.assessments import RIGHT, frozen_question, make_sitting
from tests.web import post, text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WINDOW = {"opens_at": "2026-03-02T12:00:00+00:00", "closes_at": "2026-03-02T14:00:00+00:00"}


def start(sitting, at=NOON, **sent):
    return start_attempt(sitting.enrolment, sitting.item, by=sitting.enrolment.person, sent=Sent(**sent), at=at)


def intro(sitting):
    return reverse("quiz_intro", args=[sitting.enrolment.pk, sitting.item.slug])


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (NOON - timedelta(seconds=1), "not open yet"),
        (NOON + 2 * HOUR + timedelta(seconds=1), "could be started is over"),
    ],
)
def test_outside_its_time_a_quiz_is_not_started(cast, at, sentence):
    sitting = make_sitting(cast.trainee, **WINDOW)
    with pytest.raises(StartRefused, match=sentence):
        start(sitting, at)
    assert not Attempt.objects.exists()


def test_the_close_of_a_quiz_never_cuts_an_attempt_short(cast):
    sitting = make_sitting(cast.trainee, **WINDOW)
    attempt = start(sitting, at=NOON + 2 * HOUR)
    assert attempt.deadline == NOON + 2 * HOUR + 40 * MINUTE
    late = attempt.deadline - MINUTE
    answer_attempt(attempt.pk, slot=1, sent=RIGHT["single"], client_seq=1, by=cast.trainee, at=late)
    assert attempt.answers.count() == 1


def test_the_first_page_names_the_time_to_start_and_the_whole_time_after_it(cast):
    sitting = make_sitting(cast.trainee, **WINDOW)
    client = cast.client("trainee")
    with time_machine.travel(NOON + 119 * MINUTE, tick=False):
        page = text_of(client.get(intro(sitting)))
    assert "must be finished by 2 Mar 2026, 07:39, your time: 40 minutes" in page
    assert "You have all of it, also when you start in the last minute" in page
    assert "You can start until 2 Mar 2026, 07:00" in page
    with time_machine.travel(NOON - HOUR, tick=False):
        assert "You can start from 2 Mar 2026, 05:00 until 2 Mar 2026, 07:00" in text_of(client.get(intro(sitting)))
    with time_machine.travel(NOON + 3 * HOUR, tick=False):
        assert "could be started until 2 Mar 2026, 07:00" in text_of(client.get(intro(sitting)))


@pytest.mark.parametrize(
    ("minutes", "percent", "expected"),
    [
        (60, 0, timedelta(hours=1)),
        (60, 50, timedelta(minutes=90)),
        (45, 33, timedelta(minutes=59, seconds=51)),
        (7, 1, timedelta(minutes=7, seconds=4, milliseconds=200)),
        (480, 300, timedelta(hours=32)),
        (0, 50, None),
    ],
)
def test_extra_time_is_exact_percent_of_the_quizs_own_limit(minutes, percent, expected):
    quiz = Quiz({"settings": {"time_limit_minutes": minutes}})
    assert deadline_of(quiz, NOON, Allowance(extra_time=percent)) == (expected and NOON + expected)


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, "1 minute"), (1, "1 second"), (3150, "52 minutes and 30 seconds"), (1200, "20 minutes")]
)
def test_a_length_is_said_in_words(seconds, words):
    assert length_in_words(seconds) == words


def test_an_honour_statement_is_agreed_to_and_the_agreement_recorded(cast):
    sitting = make_sitting(cast.trainee, honour="I work alone.")
    with pytest.raises(ConditionMissing, match="agree to it"):
        start(sitting)
    assert start(sitting, has_agreed=True).has_agreed


def test_without_a_statement_nothing_is_recorded_as_agreed(cast):
    assert not start(make_sitting(cast.trainee), has_agreed=True).has_agreed


def test_the_page_asks_for_agreement_beside_its_box_and_then_starts(cast):
    sitting = make_sitting(cast.trainee, honour="I work alone.")
    client = cast.client("trainee")
    assert "I work alone." in text_of(client.get(intro(sitting)))
    refused = post(client, intro(sitting) + "start/")
    assert (refused.status_code, "agree to it before you start" in text_of(refused)) == (422, True)
    assert not Attempt.objects.exists()
    assert post(client, intro(sitting) + "start/", agreed="on").status_code == 302
    assert Attempt.objects.get().has_agreed


def test_a_password_opens_a_quiz_and_ten_guesses_a_minute_are_enough(cast):
    sitting = make_sitting(cast.trainee, password=make_password("juniper"))
    client = cast.client("trainee")
    refused = post(client, intro(sitting) + "start/", password="jumper")
    assert (refused.status_code, "not the password of this quiz" in text_of(refused)) == (422, True)
    assert "juniper" not in refused.content.decode()
    for _ in range(9):
        post(client, intro(sitting) + "start/", password="jumper")
    assert "many tries" in text_of(post(client, intro(sitting) + "start/", password="juniper"))
    assert not Attempt.objects.exists()
    with time_machine.travel(datetime.now(UTC) + 2 * MINUTE):
        assert post(client, intro(sitting) + "start/", password="juniper").status_code == 302
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", True),
        ("192.0.3.7", False),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("", False),
        (None, False),
        ("unknown", False),
    ],
)
def test_an_address_lies_in_a_network_or_does_not(address, expected):
    assert is_from(address, ("192.0.2.0/24", "2001:db8::/32")) is expected


def test_a_quiz_is_started_from_its_networks_alone(cast):
    sitting = make_sitting(cast.trainee, ip_ranges=["192.0.2.0/24"])
    client = cast.client("trainee")
    forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}  # no proxy is trusted in tests
    elsewhere = client.post(intro(sitting) + "start/", {"form_key": "8e0f9f04-2f0a-4b3f-8f0a-1f6a0c9b7f10"}, **forged)
    assert (elsewhere.status_code, "only from a network" in text_of(elsewhere)) == (422, True)
    inside = {"REMOTE_ADDR": "192.0.2.7"}
    started = client.post(intro(sitting) + "start/", {"form_key": "8e0f9f04-2f0a-4b3f-8f0a-1f6a0c9b7f11"}, **inside)
    assert started.status_code == 302
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("questions", [1, 3])
def test_a_start_takes_the_same_queries_however_many_questions(cast, django_assert_num_queries, questions):
    sitting = make_sitting(cast.trainee, questions=[frozen_question(f"n{number}") for number in range(questions)])
    client = cast.client("trainee")
    assert client.get(intro(sitting)).status_code == 200
    with django_assert_num_queries(10):  # eight, and the edges of the transaction
        post(client, intro(sitting) + "start/")
    assert Attempt.objects.count() == 1
