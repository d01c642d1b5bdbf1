"""Running an act at once in several threads, each with a connection of its own (`django_db(transaction=True)`)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


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
