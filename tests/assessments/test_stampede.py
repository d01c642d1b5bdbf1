"""Two hundred starts of one quiz by one person, sent to a real server at the same moment, as often as it allows attempts and
once more: each time one attempt more, then none, and nothing breaks."""

import http.client
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from assessments.actions import submit_attempt
from assessments.enums import EventKind
from assessments.models import Attempt, AttemptEvent
from lms.audit.models import AuditEntry
from tests.cast import make_cast
from tests.elsewhere import Killable, free_port, site_of_this_database
from tests.factories.assessments import make_sitting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
STARTS = 200
THREADS = 40  # of the server, each with a connection of its own; PostgreSQL allows 100
ALLOWED = 3
TOKEN = "a" * 32


@pytest.fixture
def sitting():
    return make_sitting(make_cast().trainee, cooldown_hours=0, attempts=ALLOWED, time_limit_minutes=0)


@pytest.fixture
def server():
    server = Killable(site_of_this_database(), free_port(), threads=THREADS)
    yield server
    server.kill()


def cookies_of(person) -> str:
    client = Client()
    client.force_login(person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def start_at_once(server, sitting, cookies) -> list[tuple[int, str]]:
    """Status and address that each of the starts led to. All are connected before the first is sent."""
    path = f"/learn/{sitting.enrolment.pk}/{sitting.item.slug}/quiz/start/"
    ready = threading.Barrier(STARTS)

    def start(number: int) -> tuple[int, str]:
        line = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=120)
        line.connect()
        body = urlencode({"form_key": str(uuid.uuid4())})
        headers = {
            "Cookie": cookies,
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        ready.wait(timeout=60)
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, answer.headers.get("Location", "")

    with ThreadPoolExecutor(STARTS) as pool:
        return list(pool.map(start, range(STARTS)))


def test_two_hundred_starts_at_once_make_one_attempt_each_time_and_never_more_than_allowed(sitting, server):
    cookies = cookies_of(sitting.enrolment.person)
    for number in range(1, ALLOWED + 1):
        answers = start_at_once(server, sitting, cookies)
        connection.close()
        attempt = Attempt.objects.get(number=number)
        assert set(answers) == {(302, f"/quiz/{attempt.pk}/")}
        assert Attempt.objects.count() == number
        submit_attempt(attempt, by=sitting.enrolment.person)
    assert {status for status, _ in start_at_once(server, sitting, cookies)} == {409}
    connection.close()
    assert Attempt.objects.count() == ALLOWED
    assert AuditEntry.objects.filter(action="assessments.attempt.started").count() == ALLOWED
    assert AttemptEvent.objects.filter(kind=EventKind.STARTED).count() == ALLOWED
