"""The demonstration institute, told by each room for itself: an app registers the steps that make its own part.

Steps run in the order of their number. Each is idempotent and finds what earlier steps made in the `Demo` object.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string


@dataclass
class Demo:
    """What the steps hand on to each other: people by the name before the @, and named things."""

    people: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)


_steps: dict[str, tuple[int, str]] = {}


def register_step(order: int, title: str, path: str) -> None:
    _steps[path] = (order, title)


def demo_steps() -> list[tuple[str, Callable[[Demo], None]]]:
    ordered = sorted(_steps.items(), key=lambda item: (item[1][0], item[0]))
    return [(title, import_string(path)) for path, (order, title) in ordered]
