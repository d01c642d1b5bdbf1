"""A session is confirmed once and nobody is at two places: with many at once, and with the guard removed."""

from datetime import time

import pytest
from django.db import IntegrityError

from lms.errors import Refusal
from supervision.models import SessionSignature, SupervisionSession
from supervision.sessions.actions import attending, leading
from supervision.sessions.actions.leading import confirm_attendance
from supervision.sessions.enums import SessionMeaning
from tests.cast import make_cast
from tests.factories.numbers import FIRST_DAY
from tests.factories.sessions import attendance_of, make_logged, seen_session
from tests.factories.supervision import make_placement
from tests.races import all_look_first, at_once, needs_two_writers

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 3


@pytest.fixture
def placement(transactional_db):
    cast = make_cast()
    return make_placement(cast.trainee, cast.supervisor)


def kinds(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def confirm_now(attendance, seen):
    by = attendance.session.supervisor.person
    return confirm_attendance(attendance, meaning=SessionMeaning.LED, by=by, seen=seen)


def test_many_confirmations_at_once_sign_once(placement):
    session = make_logged(placement)
    seen = seen_session(attendance_of(session, placement))
    outcomes = at_once(THREADS, lambda number: confirm_now(attendance_of(session, placement), seen))
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == THREADS - 1
    assert SessionSignature.objects.count() == 1


@needs_two_writers
def test_without_the_lock_the_key_of_the_database_holds_the_second_signature(placement, monkeypatch):
    session = make_logged(placement)
    seen = seen_session(attendance_of(session, placement))

    def without_the_lock(attendance):
        fresh = attendance_of(session, placement)
        return fresh.enrolment, fresh.session, fresh

    monkeypatch.setattr(leading, "lock_attendance", without_the_lock)
    monkeypatch.setattr(leading, "check_meeting", lambda *args, **kwargs: None)
    monkeypatch.setattr(leading, "lock_supervisor", all_look_first(lambda supervisor: supervisor, THREADS))
    outcomes = at_once(THREADS, lambda number: confirm_now(attendance_of(session, placement), seen))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == THREADS - 1
    assert SessionSignature.objects.count() == 1


def logs_at_once(placement):
    starts = [time(18, minute) for minute in (0, 10, 20)]
    return at_once(THREADS, lambda number: make_logged(placement, on=FIRST_DAY, starts_at=starts[number]))


def test_of_many_overlapping_sessions_at_once_one_is_logged(placement):
    assert kinds(logs_at_once(placement)) == ["SupervisionSession"] + ["VisitRefused"] * (THREADS - 1)
    assert SupervisionSession.objects.count() == 1


@needs_two_writers
def test_without_the_lock_overlapping_sessions_would_be_logged(placement, monkeypatch):
    monkeypatch.setattr(attending, "lock_people", lambda enrolments: {one.pk: one for one in enrolments})
    monkeypatch.setattr(attending, "make_session", all_look_first(attending.make_session, THREADS))
    logs_at_once(placement)
    assert SupervisionSession.objects.count() == THREADS
