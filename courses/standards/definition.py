"""What a standard says, as values: of a published version, or of the draft. Pure but for the categories it is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from courses.standards.contract import Category, Config
from courses.standards.plain import as_plain, from_plain, sha256
from courses.standards.practice import PracticeRules, problems_of_rules
from courses.standards.registry import kind_named

SCHEMA = 2  # 2: rules of practice; categories with example, approvers, cap and multiplier
READABLE = (1, SCHEMA)
NO_RULES = PracticeRules()


@dataclass(frozen=True)
class Requirement:
    """One line of a standard: the name of its kind and that kind's settings."""

    kind: str
    config: Config

    @property
    def key(self) -> str:
        return self.config.key

    @property
    def sentence(self) -> str:
        return kind_named(self.kind).describe(self.config)


@dataclass(frozen=True)
class Definition:
    """A whole standard. The order of its requirements is the order in which everybody reads them."""

    title: str
    description: str
    requirements: tuple[Requirement, ...]
    categories: Mapping[str, Category]
    practice: PracticeRules = NO_RULES

    def requirement(self, key: str) -> Requirement | None:
        return next((requirement for requirement in self.requirements if requirement.key == key), None)


def define(
    title: str,
    description: str,
    requirements: Sequence[Requirement],
    categories: Iterable[Category],
    practice: PracticeRules = NO_RULES,
) -> Definition:
    by_key = {category.key: category for category in sorted(categories, key=lambda category: category.key)}
    return Definition(title, description, tuple(requirements), MappingProxyType(by_key), practice)


def to_data(definition: Definition) -> dict[str, Any]:
    """The plain JSON that a published version stores, complete in itself."""
    return {
        "schema": SCHEMA,
        "title": definition.title,
        "description": definition.description,
        "requirements": [_requirement_data(requirement) for requirement in definition.requirements],
        "categories": [as_plain(category) for category in definition.categories.values()],
        "practice": as_plain(definition.practice),
    }


def from_data(data: Mapping[str, Any]) -> Definition:
    """Raises KeyError for a kind that no installed app offers, ValueError for a schema nobody knows.

    A version of schema 1 says nothing of rules of practice, and has none.
    """
    if data["schema"] not in READABLE:
        raise ValueError(f"Standards of schema {data['schema']} are not known.")
    requirements = [_requirement_from(entry) for entry in data["requirements"]]
    categories = [from_plain(Category, entry) for entry in data["categories"]]
    practice = from_plain(PracticeRules, data.get("practice", {}))
    return define(data["title"], data.get("description", ""), requirements, categories, practice)


def hash_of(data: Mapping[str, Any]) -> str:
    return sha256(data)


def problems_of(definition: Definition, *, program: int) -> list[str]:
    """The sentences that forbid publishing; none means that the standard is whole and consistent."""
    if not definition.requirements:
        return ["The standard has no requirement yet. Add at least one."]
    found = list(_repeated(definition, "title", lambda requirement: requirement.config.title.casefold()))
    found += _repeated(definition, "key", lambda requirement: requirement.key)
    for requirement in definition.requirements:
        if not requirement.config.title:
            found.append("Every requirement needs a title.")
        kind = kind_named(requirement.kind)
        sentences = kind.problems(requirement.config, program=program, categories=definition.categories)
        found += [f"{requirement.config.title}: {sentence}" for sentence in sentences]
    return found + problems_of_rules(definition.practice)


def changes_between(old: Definition | None, new: Definition) -> list[str]:
    """What differs, in plain words, requirement by requirement; they are matched by key, not by title."""
    if old is None:
        return [f"New: {requirement.config.title}." for requirement in new.requirements]
    before = {requirement.key: requirement for requirement in old.requirements}
    after = {requirement.key: requirement for requirement in new.requirements}
    lines = [f"New: {after[key].config.title}." for key in after if key not in before]
    lines += [f"Changed: {after[key].config.title}." for key in after if key in before and after[key] != before[key]]
    lines += [f"Removed: {before[key].config.title}." for key in before if key not in after]
    shared = [key for key in after if key in before]
    if shared != [key for key in before if key in after]:
        lines.append("The order of the requirements changed.")
    if (old.title, old.description) != (new.title, new.description):
        lines.append("The title or the description changed.")
    if dict(old.categories) != dict(new.categories):
        lines.append("The definitions of activity categories changed.")
    if old.practice != new.practice:
        lines.append("The rules of practice changed.")
    return lines


def _requirement_data(requirement: Requirement) -> dict[str, Any]:
    kind = kind_named(requirement.kind)
    config = kind.config_as_plain(requirement.config)
    return {"kind": requirement.kind, "schema": kind.config_class.schema, "config": config}


def _requirement_from(entry: Mapping[str, Any]) -> Requirement:
    config = kind_named(entry["kind"]).config_from_plain(entry["config"], entry["schema"])
    return Requirement(entry["kind"], config)


def _repeated(definition: Definition, noun: str, read) -> list[str]:
    seen, found = set(), []
    for requirement in definition.requirements:
        value = read(requirement)
        if value in seen:
            found.append(f"Two requirements have the same {noun}: {requirement.config.title}.")
        seen.add(value)
    return found
