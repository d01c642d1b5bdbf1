"""How the key of a frozen question is changed by whoever regrades it: the fields of a kind, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

Key = dict[str, Any]  # plain JSON; each kind says in `with_key` what it lays over the frozen data


class Shape(StrEnum):
    TEXT = "text"
    LINES = "lines"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class KeyField:
    """One field. `choices` are (value, words) for one or several of them; `initial` is a value, or a list of several."""

    name: str
    label: str
    shape: Shape
    choices: tuple[tuple[str, str], ...] = ()
    initial: Any = ""
    help_text: str = ""

    def inside(self, prefix: str, of: str) -> "KeyField":
        """The same field as one of a part of a question."""
        return replace(self, name=f"{prefix}{self.name}", label=f"{of}: {self.label}")


def lines_in(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def chosen_several(said: Mapping[str, Any], name: str) -> list[str]:
    return [str(value) for value in said.get(name) or ()]


def chosen_in_order(said: Mapping[str, Any], name: str, count: int) -> list[str]:
    """The values of `name-1` to `name-count`, "" for what is empty."""
    return [str(said.get(f"{name}-{number}") or "") for number in range(1, count + 1)]


def once_each(values: Sequence[str]) -> bool:
    return all(values) and len(set(values)) == len(values)
