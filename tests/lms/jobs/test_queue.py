"""The queue: runs what was committed, tries again, gives up, rescues what a killed worker left."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from lms.jobs.actions import forget_finished_tasks, oldest_ready_task_age, rescue_running_tasks
from lms.jobs.retry import DELAYS
from tests.jobs import drain
from tests.lms.jobs import tasks


@pytest.fixture(autouse=True)
def _clean(db):
    tasks.calls.clear()
    tasks.behaviour["fails"] = 0


def statuses() -> list[str]:
    return [row.status for row in DBTaskResult.objects.order_by("enqueued_at", "run_after")]


def test_a_task_runs_once_with_its_values():
    tasks.work.enqueue(7, word="x")
    assert [row.return_value for row in drain()] == [7]
    assert (tasks.calls, statuses(), drain()) == ([(7, "x")], ["SUCCESSFUL"], [])


def test_a_task_of_a_rolled_back_act_is_never_run():
    with transaction.atomic():
        tasks.work.enqueue(7)
        transaction.set_rollback(True)
    assert (drain(), tasks.calls) == ([], [])


def test_a_failing_task_is_tried_again_later_and_then_succeeds(caplog):
    tasks.behaviour["fails"] = 2
    now = timezone.now()
    with time_machine.travel(now) as clock:
        tasks.work.enqueue(7, word="x")
        drain()
        assert len(tasks.calls) == 1, "not before its time"
        for delay in DELAYS[:2]:
            clock.shift(delay + timedelta(seconds=1))
            drain()
    assert tasks.calls == [(7, "x")] * 3
    assert statuses() == ["SUCCESSFUL"] * 3
    assert [record.levelno for record in caplog.records if record.message == "task failed, will be tried again"] == [
        logging.WARNING
    ] * 2
    assert "secret@example.org" not in caplog.text


def test_a_task_that_always_fails_is_given_up_and_kept_as_failed():
    tasks.behaviour["fails"] = 99
    with time_machine.travel(timezone.now()) as clock:
        tasks.work.enqueue(7)
        for delay in (timedelta(0), *DELAYS, timedelta(days=1)):
            clock.shift(delay + timedelta(seconds=1))
            drain()
    assert len(tasks.calls) == len(DELAYS) + 1
    assert statuses() == ["SUCCESSFUL"] * len(DELAYS) + ["FAILED"]
    assert DBTaskResult.objects.get(status="FAILED").exception_class_path == "builtins.OSError"


@pytest.mark.parametrize(("minutes", "rescued"), [(29, 0), (31, 1)])
def test_a_task_whose_worker_was_killed_is_put_back_after_half_an_hour(minutes, rescued):
    tasks.work.enqueue(7)
    DBTaskResult.objects.get().claim("killed")
    assert drain() == []
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        assert rescue_running_tasks() == rescued
        assert len(drain()) == rescued


def test_old_results_are_forgotten_and_waiting_tasks_are_not():
    tasks.work.enqueue(1)
    drain()
    tasks.work.enqueue(2)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert forget_finished_tasks() == 1
    assert [row.status for row in DBTaskResult.objects.all()] == [TaskResultStatus.READY]


def test_the_age_of_the_oldest_waiting_task():
    assert oldest_ready_task_age() == timedelta(0)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        tasks.work.enqueue(1)
        clock.shift(90)
        tasks.work.enqueue(2)
        assert oldest_ready_task_age() == timedelta(seconds=90)


def test_a_task_for_later_waits_only_from_its_appointed_time():
    """Or every retry after six hours would report an ill queue."""
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        tasks.work.using(run_after=now + timedelta(hours=6)).enqueue(1)
        clock.shift(timedelta(hours=5))
        assert oldest_ready_task_age() == timedelta(0)
        clock.shift(timedelta(hours=1, seconds=10))
        assert oldest_ready_task_age() == timedelta(seconds=10)
