"""Standards and their published versions."""

from collections.abc import Iterable, Sequence
from typing import Any

from courses.curriculum.models import Program
from courses.standards.contract import Category, Config
from courses.standards.definition import NO_RULES, Requirement, define, hash_of, to_data
from courses.standards.models import Standard, StandardVersion
from courses.standards.practice import PracticeRules
from courses.standards.queries import live_categories
from courses.standards.registry import all_kinds
from tests.factories.curriculum import make_program
from tests.factories.numbers import next_number


def make_standard(program: Program | None = None, *, blocks: Sequence[dict[str, Any]] = (), **fields) -> Standard:
    """A draft. `blocks` are raw StreamField entries: {"type": kind, "id": key, "value": {...}}."""
    program = program or make_program()
    values = {"title": f"Certificate {next_number()}", "description": "What completing it means."}
    return Standard.objects.create(program=program, requirements=list(blocks), **values | fields)


def make_standard_version(
    program: Program | None = None,
    *,
    requirements: Iterable[Config] = (),
    categories: Iterable[Category] | None = None,
    practice: PracticeRules = NO_RULES,
    **fields,
) -> StandardVersion:
    """A published version with these configs, written straight to the table: the next number of the program's standard.

    The kind of each requirement is found by the class of its config; categories are the live ones unless given.
    """
    program = program or make_program()
    standard = Standard.objects.filter(program=program).first() or make_standard(program)
    kinds = {kind.config_class: kind.name for kind in all_kinds()}
    lines = [Requirement(kinds[type(config)], config) for config in requirements]
    known = live_categories() if categories is None else categories
    data = to_data(define(standard.title, standard.description, lines, known, practice))
    number = standard.versions.count() + 1
    return StandardVersion.objects.create(standard=standard, number=number, data=data, hash=hash_of(data), **fields)
