"""What runs once a day. Each app registers its own steps; every step is safe to repeat."""

from collections.abc import Callable

from django.utils.module_loading import import_string

_steps: dict[str, str] = {}


def register_nightly(title: str, path: str) -> None:
    """`path` is the dotted path of a function without arguments, imported only when it runs."""
    _steps[title] = path


def nightly_steps() -> list[tuple[str, Callable[[], object]]]:
    return [(title, import_string(path)) for title, path in _steps.items()]
