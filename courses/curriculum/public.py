"""What other rooms add to the public pages of a program: facts for its panel, and whole sections of its page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from courses.curriculum.models import Program


@dataclass(frozen=True)
class Section:
    """A part of the program page. The template of the room that gives it is shown `context` as `section`, and nothing else."""

    template: str
    context: Mapping[str, Any]


_providers: dict[str, int] = {}
_sections: dict[str, int] = {}


def register_program_facts(path: str, *, order: int = 100) -> None:
    """`path` names a function (program) -> iterable of {"label", "value", "url" or none}. Public: nothing personal."""
    _providers[path] = order


def facts_of(program: Program) -> list[dict]:
    providers: list[Callable[[Program], Iterable[dict]]] = _in_order(_providers)
    return [fact for provide in providers for fact in provide(program)]


def register_program_section(path: str, *, order: int = 100) -> None:
    """`path` names a function (program) -> `Section`, or None for nothing to say; a fixed number of queries. Public."""
    _sections[path] = order


def sections_of(program: Program) -> list[Section]:
    providers: list[Callable[[Program], Section | None]] = _in_order(_sections)
    return [section for provide in providers if (section := provide(program))]


def _in_order(paths: Mapping[str, int]) -> list[Callable]:
    return [import_string(path) for path, _ in sorted(paths.items(), key=lambda item: (item[1], item[0]))]
