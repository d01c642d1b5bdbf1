"""What must hold before an item opens, as it is frozen into an edition; and whether that can come about. Plain values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

MOST_DAYS = 730


@dataclass(frozen=True)
class Gates:
    """All that is given must hold. `after` and `scores` name activities, by key or by id."""

    after: tuple[Any, ...] = ()
    on: date | None = None
    days: int | None = None
    scores: tuple[tuple[Any, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.after or self.on or self.days is not None or self.scores)

    @property
    def needs(self) -> tuple[Any, ...]:
        """The activities that it waits for."""
        return (*self.after, *(activity for activity, _ in self.scores))

    def as_plain(self) -> dict[str, Any]:
        """The JSON of an edition's item: only what is given."""
        plain = {
            "after": list(self.after),
            "on": self.on.isoformat() if self.on else "",
            "days": self.days,
            "scores": [list(score) for score in self.scores],
        }
        return {name: value for name, value in plain.items() if value or value == 0}


NO_GATES = Gates()


def gates_from(plain: Mapping[str, Any], ids: Mapping[str, int]) -> Gates:
    """The gates of an item, with the ids of the activities in the place of their keys."""
    return Gates(
        after=tuple(ids[key] for key in plain.get("after", ()) if key in ids),
        on=date.fromisoformat(plain["on"]) if plain.get("on") else None,
        days=plain.get("days"),
        scores=tuple((ids[key], percent) for key, percent in plain.get("scores", ()) if key in ids),
    )


# Circles --------------------------------------------------------------------------------------------------------------


class Waiting(NamedTuple):
    """An item as far as waiting goes. `parent` is the key of its module or ""; a module is complete when all the items
    that `completes_parent` marks are; `needs` must be complete before the item opens."""

    key: str
    parent: str = ""
    is_module: bool = False
    completes_parent: bool = False
    needs: tuple[str, ...] = ()


_Node = tuple[str, bool]  # the key of an item, and whether it is to be complete rather than open


def circle_in(items: Sequence[Waiting]) -> tuple[str, ...]:
    """The keys of items that wait for each other in a circle, each for the next and the last for the first; () for none.

    None of them could ever be completed. What stands in a module waits for the module to open; a
    module is complete only when its lessons are, so whatever waits for the module waits for them.
    """
    graph = _graph(items)
    settled: set[_Node] = set()
    for start in graph:
        circle = _circle_from(start, graph, settled)
        if circle:
            keys = [key for key, _ in circle]
            return tuple(key for place, key in enumerate(keys) if key != keys[place - 1] or len(keys) == 1)
    return ()


def _graph(items: Sequence[Waiting]) -> dict[_Node, list[_Node]]:
    """For each thing that can come about, what must come about before. Being complete is being open for all but modules."""
    by_key = {item.key: item for item in items}
    graph: dict[_Node, list[_Node]] = {}
    for item in items:
        before = [(key, by_key[key].is_module) for key in item.needs if key in by_key]
        graph[item.key, False] = before + ([(item.parent, False)] if item.parent in by_key else [])
        if item.is_module:
            graph[item.key, True] = [
                (one.key, False) for one in items if one.parent == item.key and one.completes_parent
            ]
    return graph


def _circle_from(start: _Node, graph: Mapping[_Node, Sequence[_Node]], settled: set[_Node]) -> list[_Node]:
    """Depth first, without recursion: a program may have a thousand pages one after the other."""
    path: list[_Node] = []
    places: dict[_Node, int] = {}
    todo = [(start, False)]
    while todo:
        node, is_left = todo.pop()
        if is_left:
            settled.add(path.pop())
            del places[node]
        elif node in places:
            return path[places[node] :]
        elif node not in settled:
            places[node] = len(path)
            path.append(node)
            todo.append((node, True))
            todo += [(before, False) for before in graph[node]]
    return []
