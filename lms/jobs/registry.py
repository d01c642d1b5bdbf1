"""What runs once a day. Each app registers its own steps; every step is safe to repeat."""

from collections.abc import Callable
from functools import partial

from django.utils.module_loading import import_string

_steps: dict[str, str] = {}


def register_nightly(title: str, path: str) -> None:
    """`path` is the dotted path of a function without arguments, imported only when it runs."""
    _steps[title] = path


def nightly_steps() -> list[tuple[str, Callable[[], object]]]:
    return [(title, partial(_run, path)) for title, path in _steps.items()]


def _run(path: str) -> object:
    return import_string(path)()
