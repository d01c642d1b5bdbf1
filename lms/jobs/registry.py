"""What runs once a day, and what the worker looks after. Each app registers its own; everything is safe to repeat."""

from collections.abc import Callable
from functools import partial

from django.utils.module_loading import import_string

_steps: dict[str, str] = {}
_watches: dict[str, str] = {}
_minutely: dict[str, str] = {}


def register_nightly(title: str, path: str) -> None:
    """`path` is the dotted path of a function without arguments, imported only when it runs."""
    _steps[title] = path


def nightly_steps() -> list[tuple[str, Callable[[], object]]]:
    return [(title, partial(_run, path)) for title, path in _steps.items()]


def register_watch(title: str, path: str) -> None:
    """For what must be noticed even when the nightly round does not run: the worker calls it every ten minutes."""
    _watches[title] = path


def watches() -> list[tuple[str, str]]:
    return list(_watches.items())


def register_minutely(title: str, path: str) -> None:
    """For what people wait for: the worker calls it every minute, in the order of registration. It must be cheap."""
    _minutely[title] = path


def minutely_steps() -> list[tuple[str, Callable[[], object]]]:
    return [(title, partial(_run, path)) for title, path in _minutely.items()]


def keep_watch() -> None:
    for _, path in watches():
        _run(path)


def _run(path: str) -> object:
    return import_string(path)()
