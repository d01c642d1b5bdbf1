"""What one process remembers for a while, so that a page does not ask for it again.

Only for what never changes under its key, or what may be some seconds old on a page. Nothing that is signed, counted or
decided is ever taken from here: those ask the database. Every process remembers by itself, so nothing is ever "deleted
everywhere"; the seconds run out instead.
"""

from collections.abc import Callable
from threading import Lock

from cachetools import TTLCache, cached
from cachetools.keys import hashkey

_memories: list[Callable] = []


def remember(*, seconds: float, most: int, key: Callable = hashkey) -> Callable:
    """Keep the results of a function in this process for some seconds, the `most` latest asked for. Safe with threads.

    `key` is given the same arguments and says what the result depends on: all of them, unless told. The function gains
    `cache_clear()`, which makes this process alone forget.
    """

    def decorate(function: Callable) -> Callable:
        remembering = cached(TTLCache(most, seconds), key=key, lock=Lock())(function)
        _memories.append(remembering)
        return remembering

    return decorate


def forget_everything() -> None:
    """For tests: each begins with nothing remembered."""
    for memory in _memories:
        memory.cache_clear()
