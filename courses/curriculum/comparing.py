"""What is different between two editions, or between an edition and the pages as they are now. Plain values only."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Item:
    """One item as it is compared. `parent` is a key or ""; `facts` are sentences by what they are about."""

    key: str
    kind: str
    parent: str
    slug: str
    title: str
    body: str
    facts: Mapping[str, str] = field(default_factory=dict)


class Pair(NamedTuple):
    """One item before and now."""

    old: Item
    new: Item


class FactChange(NamedTuple):
    item: Item
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """Each list in the order of the new edition; what was removed in the order of the old one."""

    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()
    moved: tuple[Pair, ...] = ()
    renamed: tuple[Pair, ...] = ()
    edited: tuple[Pair, ...] = ()
    facts: tuple[FactChange, ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.moved, self.renamed, self.edited, self.facts))


def compare(old: Sequence[Item], new: Sequence[Item]) -> Comparison:
    """The differences. As few items as possible count as moved: the others keep their order without them."""
    before = {item.key: item for item in old}
    after = {item.key: item for item in new}
    pairs = [Pair(before[item.key], item) for item in new if item.key in before]
    moved = _moved(old, pairs)
    return Comparison(
        added=tuple(item for item in new if item.key not in before),
        removed=tuple(item for item in old if item.key not in after),
        moved=tuple(pair for pair in pairs if pair.new.key in moved),
        renamed=tuple(pair for pair in pairs if pair.old.title != pair.new.title),
        edited=tuple(pair for pair in pairs if pair.old.body != pair.new.body),
        facts=tuple(change for pair in pairs for change in _fact_changes(pair)),
    )


def _fact_changes(pair: Pair) -> list[FactChange]:
    names = dict.fromkeys([*pair.old.facts, *pair.new.facts])
    values = [(name, pair.old.facts.get(name, ""), pair.new.facts.get(name, "")) for name in names]
    return [FactChange(pair.new, name, old, new) for name, old, new in values if old != new]


def _moved(old: Sequence[Item], pairs: Sequence[Pair]) -> set[str]:
    """Keys of what stands under another parent, or in another order among those that stayed under theirs."""
    places = {item.key: place for place, item in enumerate(old)}
    moved = {pair.new.key for pair in pairs if pair.old.parent != pair.new.parent}
    stayed: dict[str, list[str]] = {}
    for pair in pairs:
        if pair.new.key not in moved:
            stayed.setdefault(pair.new.parent, []).append(pair.new.key)
    for keys in stayed.values():
        in_order = _longest_rise([places[key] for key in keys])
        moved |= {key for key in keys if places[key] not in in_order}
    return moved


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest rising subsequence; they are distinct."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    rise: set[int] = set()
    number = tails[-1] if tails else None
    while number is not None:
        rise.add(number)
        number = before[number]
    return rise
