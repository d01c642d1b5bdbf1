"""A real server is killed between answers, three times over: none that it acknowledged is lost, on either database.

The control has one fault, that it writes later what it acknowledges now, and loses answers.
"""

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from assessments.models import Answer
from tests.cast import make_cast
from tests.elsewhere import Killable, free_port, site_of_this_database
from tests.factories.assessments import frozen_question, make_attempt, make_sitting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
QUESTIONS = 8
ENOUGH = 6  # acknowledged answers before the server is killed
TOKEN = "a" * 32


@pytest.fixture
def attempt():
    """Open for years, since the server has a clock of its own."""
    questions = [frozen_question(f"q{number}") for number in range(QUESTIONS)]
    sitting = make_sitting(make_cast().trainee, questions=questions, time_limit_minutes=0)
    return make_attempt(sitting.enrolment, sitting.item, submitted=False)


@pytest.fixture
def cookies(attempt):
    client = Client()
    client.force_login(attempt.enrolment.person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def send(address, cookies, attempt, slot, seq) -> bool:
    """Whether the server acknowledged the answer. Raises what a killed server leaves behind."""
    body = urllib.parse.urlencode({"slot": slot, "seq": seq, "choice": "abcd"[seq % 4]}).encode()
    headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Accept": "application/json"}
    url = f"{address}/quiz/{attempt.pk}/answer/"
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - a server of this test
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
        return json.load(response)["seq"] == seq


def answer_until_killed(server, cookies, attempt, acknowledged, seq) -> None:
    """One answer after the other, as fast as the server takes them, until it is killed under way."""
    enough = threading.Event()

    def answer():
        number = seq
        try:
            while True:
                slot = number % QUESTIONS + 1
                if send(server.address, cookies, attempt, slot, number):
                    acknowledged[slot] = number
                    if number - seq + 1 >= ENOUGH:
                        enough.set()
                number += 1
        except (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError):
            enough.set()  # killed: nothing that is sent from here on is acknowledged

    sender = threading.Thread(target=answer)
    sender.start()
    assert enough.wait(timeout=120)
    server.kill()
    sender.join(timeout=60)
    assert not sender.is_alive()


def saved() -> dict[int, int]:
    connection.close()
    return dict(Answer.objects.values_list("slot", "client_seq"))


def lost(acknowledged) -> dict[int, int]:
    """What was acknowledged and is not there, nor anything newer."""
    found = saved()
    return {slot: seq for slot, seq in acknowledged.items() if found.get(slot, 0) < seq}


def test_a_killed_server_loses_no_answer_that_it_acknowledged(attempt, cookies):
    acknowledged: dict[int, int] = {}
    for life in range(3):
        server = Killable(site_of_this_database(), free_port())
        try:
            answer_until_killed(server, cookies, attempt, acknowledged, seq=1000 * (life + 1))
        finally:
            server.kill()
        assert len(acknowledged) >= ENOUGH
        assert lost(acknowledged) == {}
    for slot, response in Answer.objects.values_list("slot", "response"):
        assert response == {"chosen": ["abcd"[saved()[slot] % 4]]}


def test_control_a_server_that_writes_later_what_it_acknowledges_now_loses_answers(attempt, cookies):
    acknowledged: dict[int, int] = {}
    server = Killable(site_of_this_database(), free_port(), "tests.assessments.buffering:application")
    try:
        answer_until_killed(server, cookies, attempt, acknowledged, seq=1000)
    finally:
        server.kill()
    assert lost(acknowledged) == acknowledged
