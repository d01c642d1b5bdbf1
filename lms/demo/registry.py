"""The demonstration institute, told by each room for itself: an app registers the steps that make its own part.

Steps run in the order of their number. Each is idempotent and finds what earlier steps made in the `Demo` object.
A step belongs to a stage, and a later stage only adds to an earlier one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.utils.module_loading import import_string


class Stage(IntEnum):
    """How much there is: an institute that opens, one that runs, one that has conferred and revoked."""

    NEW = 1
    RUNNING = 2
    COMPLETE = 3


@dataclass
class Demo:
    """What the steps hand on to each other: people by the name before the @, and named things."""

    people: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    stage: Stage = Stage.RUNNING


_steps: dict[str, tuple[int, str, Stage]] = {}


def register_step(order: int, title: str, path: str, *, stage: Stage = Stage.NEW) -> None:
    """A step that runs from `stage` on."""
    _steps[path] = (order, title, stage)


def demo_steps(stage: Stage = Stage.COMPLETE) -> list[tuple[str, Callable[[Demo], None]]]:
    ordered = sorted(_steps.items(), key=lambda item: (item[1][0], item[0]))
    return [(title, import_string(path)) for path, (_order, title, begins) in ordered if begins <= stage]
