"""Which questions each section of a quiz page can ask, and what is wrong with a section.

A section holds chosen questions or what the bank has under some tags. No question is in two sections: what is chosen stays
out of every draw from the bank, and of two such draws the first one takes what both could have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessments.models import Question, QuestionVersion
from assessments.queries import newest_versions

CHOSEN = "chosen"
TAGS = ("topic", "competency", "difficulty")
Stored = dict[str, Any]  # one section as Wagtail stores it: {"type", "value"}


@dataclass
class Pool:
    """One section with the newest published versions of its questions. `problems` are sentences by the field of the author."""

    title: str
    draw: int
    is_chosen: bool
    versions: list[QuestionVersion] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def critical_count(self) -> int:
        return sum(version.critical for version in self.versions)


def pools_of(sections: Sequence[Stored]) -> list[Pool]:
    """The sections of a quiz in order. Four queries, however many sections and questions."""
    bank = list(Question.objects.filter(live=True, versions__number=1).order_by("key").values("pk", *TAGS))
    asked = _asked(sections, bank)
    wanted = {pk for keys in asked for pk in keys}
    titles = dict(Question.objects.filter(pk__in=wanted).values_list("pk", "title"))
    live = {row["pk"] for row in bank}
    versions = {pk: version for pk, version in newest_versions(list(wanted)).items() if pk in live}
    seen: set[int] = set()
    return [_pool(section, keys, seen, titles, versions) for section, keys in zip(sections, asked, strict=True)]


def _asked(sections: Sequence[Stored], bank: list[dict[str, Any]]) -> list[list[int]]:
    """The questions of each section, by their ids."""
    chosen = [_chosen(section["value"]) if section["type"] == CHOSEN else None for section in sections]
    taken = {pk for keys in chosen for pk in keys or ()}
    found = []
    for section, keys in zip(sections, chosen, strict=True):
        if keys is None:
            fitting = [row["pk"] for row in bank if row["pk"] not in taken and _fits(row, section["value"])]
            taken.update(fitting)
        found.append(fitting if keys is None else keys)
    return found


def _chosen(value: dict[str, Any]) -> list[int]:
    """Items have an id once Wagtail has looked at them; what code has written may be the bare ids of questions."""
    items = [item["value"] if isinstance(item, dict) else item for item in value.get("questions", [])]
    return [pk for pk in items if pk]


def _fits(row: dict[str, Any], value: dict[str, Any]) -> bool:
    return all(row[tag] == value[tag] for tag in TAGS if value.get(tag))


def _pool(section: Stored, keys: list[int], seen: set[int], titles: dict, versions: dict) -> Pool:
    value, is_chosen = section["value"], section["type"] == CHOSEN
    pool = Pool(value.get("title") or "", value.get("draw") or 0, is_chosen)
    for pk in keys:
        name = titles.get(pk)
        if pk in seen:
            pool.problems.append(("questions", f"“{name}” stands in this quiz twice. Take it out of one place."))
        elif name and pk not in versions:
            pool.problems.append(
                ("questions", f"“{name}” is not published. Publish it in the bank of questions, or take it out.")
            )
        elif not name:
            pool.problems.append(("questions", "A question of it no longer exists. Take it out."))
        else:
            pool.versions.append(versions[pk])
        seen.add(pk)
    pool.problems += _problems_of(pool, len(keys))
    return pool


def _problems_of(pool: Pool, count: int) -> Iterator[tuple[str, str]]:
    if pool.is_chosen and not count:
        yield "questions", "Choose at least one question."
    elif not pool.is_chosen and pool.draw < 1:
        yield "draw", "Say how many questions it draws."
    elif pool.draw > count and pool.is_chosen:
        yield "draw", f"It draws {pool.draw} questions and has only {count}."
    elif pool.draw > count:
        yield (
            "draw",
            f"It draws {pool.draw} questions, and the bank has only {count} such that no other section has taken.",
        )
    elif 0 < pool.draw < pool.critical_count:
        yield "draw", f"It draws {pool.draw} questions, fewer than its {pool.critical_count} critical items."
