"""A frozen story as its authors look it over: every step, where each choice leads, and the shortest safe path. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.html import clean_html


@dataclass(frozen=True)
class Way:
    """One choice. `to` is the name of the step that it leads to."""

    text: str
    to: str
    feedback: str
    is_safe: bool


@dataclass(frozen=True)
class Station:
    """One step or ending by its name. `text` is clean HTML; an ending has an outcome and points, and no ways.

    `is_safe` marks what lies on the shortest path to an ending that earns the whole point.
    """

    name: str
    text: str
    ways: tuple[Way, ...]
    outcome: str
    points: str
    debrief: str
    is_start: bool
    is_safe: bool


def stations_of(data: Mapping[str, Any]) -> list[Station]:
    """In the order of the author, who writes the beginning first."""
    safe = {choice["id"] for choice in safe_path(data)}
    ends = {choice["to"] for choice in safe_path(data)}
    return [_station(node, data["start"], safe, ends | {data["start"]}) for node in data["nodes"]]


def _station(node: Mapping[str, Any], start: str, safe: set[str], on_path: set[str]) -> Station:
    return Station(
        name=node["id"],
        text=clean_html(node["text"]),
        ways=tuple(
            Way(choice["text"], choice["to"], choice["feedback"], choice["id"] in safe) for choice in node["choices"]
        ),
        outcome=node.get("outcome", ""),
        points=node.get("points", ""),
        debrief=node.get("debrief", ""),
        is_start=node["id"] == start,
        is_safe=node["id"] in on_path,
    )


def safe_path(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The choices of the shortest path to an ending that earns the whole point; none where no path leads to one."""
    nodes = {node["id"]: node for node in data["nodes"]}
    waiting: list[tuple[str, list[dict]]] = [(data["start"], [])]
    seen = {data["start"]}
    for at, path in waiting:  # grows while it is read: breadth first
        node = nodes[at]
        if not node["choices"] and Fraction(node["points"]) == 1:
            return path
        waiting.extend((choice["to"], [*path, choice]) for choice in _unseen(node, seen))
    return []


def _unseen(node: Mapping[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    for choice in node["choices"]:
        if choice["to"] not in seen:
            seen.add(choice["to"])
            yield choice
