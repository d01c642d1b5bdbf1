"""Background tasks that try again. The queue itself neither retries nor rescues."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

logger = logging.getLogger(__name__)

DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def retrying_task(queue_name: str = "default") -> Callable:
    """A task on the database queue that re-enqueues itself after a failure, at most `len(DELAYS)` times.

    The function must be idempotent (a worker can be killed at any moment) and take only JSON values.
    """

    def decorate(function: Callable) -> object:
        def run(*args, _attempt: int = 0, **kwargs):
            try:
                return function(*args, **kwargs)
            except Exception as error:
                if _attempt >= len(DELAYS):
                    raise
                # The error's own words may hold an address or a text; its kind does not.
                about = {"task": function.__name__, "attempt": _attempt, "error": type(error).__name__}
                logger.warning("task failed, will be tried again", extra=about)
                later = decorated.using(run_after=timezone.now() + DELAYS[_attempt])
                later.enqueue(*args, _attempt=_attempt + 1, **kwargs)

        run.__name__, run.__qualname__, run.__module__ = function.__name__, function.__qualname__, function.__module__
        run.__doc__ = function.__doc__
        decorated = task(backend="queue", queue_name=queue_name)(run)
        return decorated

    return decorate
