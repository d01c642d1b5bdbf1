"""What other rooms add to the public pages of a program: the next cohort, the standard."""

from collections.abc import Callable, Iterable

from django.utils.module_loading import import_string

from courses.curriculum.models import Program

_providers: dict[str, int] = {}


def register_program_facts(path: str, *, order: int = 100) -> None:
    """`path` names a function (program) -> iterable of {"label", "value", "url" or none}. Public: nothing personal."""
    _providers[path] = order


def facts_of(program: Program) -> list[dict]:
    paths = [path for path, _ in sorted(_providers.items(), key=lambda item: (item[1], item[0]))]
    providers: list[Callable[[Program], Iterable[dict]]] = [import_string(path) for path in paths]
    return [fact for provide in providers for fact in provide(program)]
