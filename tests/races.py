"""Running an act at once in several threads, each with a connection of its own (`django_db(transaction=True)`)."""

import contextlib
import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

needs_two_writers = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="SQLite lets one transaction write at a time: no lock of ours can be taken away there",
)


def at_once(times: int, act: Callable[[int], object]) -> list[object]:
    """What each of `times` threads returned or raised, in no order; all start together."""
    start = threading.Barrier(times)

    def run(number: int) -> object:
        try:
            start.wait(timeout=30)
            return act(number)
        except Exception as error:  # given back, for the test to judge
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def meeting(function: Callable, times: int) -> Callable:
    """The same function, whose first `times` callers wait for each other before they go on.

    For the control of a race: without the guard, all have looked before any has written, on however slow a machine.
    """
    barrier = threading.Barrier(times)
    met = threading.Event()

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        if not met.is_set():
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=10)
            met.set()
        return result

    return wrapped


def all_look_first(write: Callable, times: int) -> Callable:
    """The same writing function, which waits until `times` callers have come to it: for the control of check-then-write."""
    looked = threading.Barrier(times)

    @functools.wraps(write)
    def wrapped(*args, **kwargs):
        looked.wait(timeout=30)
        return write(*args, **kwargs)

    return wrapped
