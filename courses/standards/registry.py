"""The kinds of requirement, filled by the apps that own the evidence."""

from dataclasses import dataclass

from django.utils.module_loading import import_string

from courses.standards.contract import RequirementKind

_kinds: dict[str, RequirementKind] = {}


def register_kind(kind: RequirementKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> RequirementKind:
    """Raises KeyError for a kind that no installed app offers."""
    return _kinds[name]


def all_kinds() -> list[RequirementKind]:
    """In an order in which every kind comes after those it depends on. Raises ValueError on a cycle."""
    ordered: list[RequirementKind] = []
    waiting = sorted(_kinds.values(), key=lambda kind: kind.name)
    while waiting:
        ready = [kind for kind in waiting if set(kind.depends_on) <= {done.name for done in ordered}]
        if not ready:
            raise ValueError(f"Requirement kinds depend on each other in a circle: {[kind.name for kind in waiting]}.")
        ordered += ready
        waiting = [kind for kind in waiting if kind not in ready]
    return ordered


@dataclass(frozen=True)
class Effect:
    """How the people now enrolled would stand under a draft. They stay pinned; this is for whoever decides.

    `lines` are (title, how many of them satisfy it already) for every requirement of the draft.
    """

    people: int
    complete_now: int
    complete_then: int
    lines: tuple[tuple[str, int], ...]


_effects: list[str] = []


def register_effect(path: str) -> None:
    """`path` names a function (standard, definition) -> `Effect`: what publishing the definition would mean for trainees."""
    if path not in _effects:
        _effects.append(path)


def effects_of(standard, definition) -> list[Effect]:
    return [import_string(path)(standard, definition) for path in _effects]
