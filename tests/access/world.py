"""One small institute with something at every address."""

from dataclasses import dataclass, field
from typing import Any

from tests.cast import Cast


@dataclass
class World:
    """`arguments` gives the keyword arguments of every address that takes some."""

    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)


def make_world(cast: Cast) -> World:
    return World()
