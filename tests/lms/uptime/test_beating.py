"""Signs of life: one statement as a rule, and whatever keeps one from being written never ends the beating."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.uptime import actions
from lms.uptime.actions import beat
from lms.uptime.beating import beat_once
from lms.uptime.models import Heartbeat

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_a_sign_of_life_is_one_statement(django_assert_num_queries):
    beat(at=NOON)
    with django_assert_num_queries(1):
        beat(at=NOON + timedelta(minutes=1))
    assert Heartbeat.objects.get().at == NOON + timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_failing_sign_is_reported_and_ends_nothing(monkeypatch, caplog):
    def fail():
        raise OSError("the disk is full")

    monkeypatch.setattr(actions, "beat", fail)
    beat_once()
    assert [(record.message, record.error) for record in caplog.records] == [("no sign of life written", "OSError")]
    monkeypatch.undo()
    beat_once()
    assert Heartbeat.objects.count() == 1
