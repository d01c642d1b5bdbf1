"""Keeping the queue healthy."""

from datetime import timedelta

from django.core.management import call_command
from django.db.models import Case, Min, Q, When
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

STUCK_AFTER = timedelta(minutes=30)
KEEP_RESULTS = timedelta(days=14)


def rescue_running_tasks() -> int:
    """Put tasks back in the queue whose worker was killed: they would stay "running" for ever."""
    stuck = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - STUCK_AFTER)
    return stuck.update(status=TaskResultStatus.READY, started_at=None)


def forget_finished_tasks() -> int:
    old = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS)
    return old.delete()[0]


def publish_scheduled_pages() -> None:
    call_command("publish_scheduled", verbosity=0)


def clear_sessions() -> None:
    call_command("clearsessions", verbosity=0)


def oldest_ready_task_age() -> timedelta:
    """How long the oldest task that may run has been waiting."""
    at_once = Q(run_after=get_date_max())
    since = Case(When(at_once, then="enqueued_at"), default="run_after")  # a retry waits only from its appointed time
    oldest = DBTaskResult.objects.ready().aggregate(at=Min(since))["at"]
    return timezone.now() - oldest if oldest else timedelta(0)
