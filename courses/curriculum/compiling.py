"""Making an edition's contents of the pages of a program: everything is read, resolved and copied here, once."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wagtail.models import Page

from courses.curriculum.asking import keys_of_attestations
from courses.curriculum.credits import NO_TOPIC, Credit, credited, problems_of_credits
from courses.curriculum.enums import ActivityKind, CompletedBy
from courses.curriculum.freezing import Freezer, Frozen, freezer_for_page
from courses.curriculum.gates import Gates, Waiting, circle_in
from courses.curriculum.models import Activity, ActivityPage, Program, ProgramPage, Topic
from courses.curriculum.releasing import PREVIOUS, RELEASE, Release, release_of, said

LONGEST_SLUG = 120
_SLUG = re.compile(r"^[A-Za-z0-9_-]+$")


@dataclass
class CompiledItem:
    """One page, ready to become an item of an edition."""

    page: ActivityPage
    freezer: Freezer
    frozen: Frozen
    parent_key: str
    release: Release = field(default_factory=lambda: Release(Gates()))

    @property
    def gates(self) -> dict[str, Any]:
        return self.release.gates.as_plain()

    @property
    def is_module(self) -> bool:
        return self.freezer.kind == ActivityKind.MODULE

    @property
    def key(self) -> str:
        return str(self.page.activity_key)

    @cached_property
    def sha256(self) -> str:
        return hash_of_body(self.freezer.kind, self.frozen.source)

    @property
    def credits(self) -> tuple[Credit, ...]:
        return credited(self.page)

    @property
    def review(self) -> dict[str, str]:
        """Who reviewed it and when. A page of a kind without review has an empty one."""
        days = {name: getattr(self.page, name, None) for name in ("reviewed_on", "next_review_on")}
        return {"reviewer": getattr(self.page, "reviewer", "")} | {
            name: day.isoformat() if day else "" for name, day in days.items()
        }

    @property
    def completed_by(self) -> str:
        return getattr(self.page, "completed_by", CompletedBy.READ)

    def as_plain(self) -> list:
        """What the edition's hash is made of."""
        page, is_core = self.page, getattr(self.page, "is_core", True)
        facts = [page.slug, page.title, page.minutes, page.topic, is_core]
        credits = [list(credit) for credit in self.credits]
        return [self.key, self.parent_key, *facts, credits, self.completed_by, self.gates, self.review, self.sha256]


@dataclass
class Compiled:
    """`drafts` are sentences about what is not published; `problems` forbid an edition; `topics` are labels by key."""

    items: list[CompiledItem] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    tell: Callable[[int], None] | None = None

    @property
    def hash(self) -> str:
        return digest([*(item.as_plain() for item in self.items), self.topics])


def digest(plain: Any) -> str:
    """SHA-256 of the canonical JSON of plain data."""
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def hash_of_body(kind: ActivityKind, source: dict[str, Any]) -> str:
    return digest({"kind": ActivityKind(kind).value, "source": source})


def compile_program(program_page: ProgramPage, *, tell: Callable[[int], None] | None = None) -> Compiled:
    """Read every live page of the program in its order, freeze it, and say what stands in the way of an edition.

    `tell` is told after each page how many are read.
    """
    compiled = Compiled(tell=tell)
    page = ProgramPage.objects.get(pk=program_page.pk)
    _compile_children(page, "", compiled)
    if not compiled.items and not compiled.problems:
        compiled.problems.append("The program has no published module yet.")
    _check_whole(compiled, page.program)
    _check_gates(compiled)
    _check_minutes(compiled)
    compiled.topics = _labels(compiled)
    return compiled


def _compile_children(parent: Page, parent_key: str, compiled: Compiled) -> None:
    if not parent.numchild:
        return
    previous = ""
    for page in parent.get_children().order_by("path").specific():
        if not page.live:
            compiled.drafts.append(
                f"“{page.title}” has never been published."
                if not page.first_published_at
                else f"“{page.title}” is not published any more."
            )
            continue
        if page.has_unpublished_changes:
            compiled.drafts.append(f"“{page.title}” has changes that are not published.")
        item = _compile_page(page, parent_key, previous, compiled)
        if item:
            previous = item.key
            _compile_children(page, item.key, compiled)


def _compile_page(page: Page, parent_key: str, previous: str, compiled: Compiled) -> CompiledItem | None:
    try:
        freezer = freezer_for_page(page)
    except KeyError:
        compiled.problems.append(f"“{page.title}”: a page of this kind cannot be part of an edition.")
        return None
    frozen = freezer.freeze(page)
    item = CompiledItem(page, freezer, frozen, parent_key, release_of(page, previous))
    compiled.items.append(item)
    if compiled.tell:
        compiled.tell(len(compiled.items))
    problems = [*frozen.problems, *problems_of_credits(page), *item.release.problems]
    if any(credit.topic == NO_TOPIC for credit in item.credits):
        problems.append("Its minutes have no topic. Every credited minute belongs to one.")
    compiled.problems += [f"“{page.title}”: {problem}" for problem in problems]
    return item


def _check_gates(compiled: Compiled) -> None:
    """What can only be seen over all pages: whether everything that somebody waits for can come about."""
    items = {item.key: item for item in compiled.items}
    lessons = {item.parent_key for item in compiled.items if item.freezer.kind == ActivityKind.LESSON}
    for item in compiled.items:
        chosen, title = item.release.titles, item.page.title
        for key in item.release.gates.needs:
            name = RELEASE if key in chosen else PREVIOUS
            if key not in items:
                problem = f"“{chosen[key]}” is not in this edition. Publish that page, or take the rule out."
            elif items[key].is_module and key not in lessons:
                problem = f"“{items[key].page.title}” has no lessons, so nobody can complete it."
            else:
                continue
            compiled.problems.append(f"“{title}”: {said(problem, name)}")
        for key, percent in item.release.gates.scores:
            if key in items and (problem := _problem_of_score(items[key], percent)):
                compiled.problems.append(f"“{title}”: {said(problem)}")
    _check_circles(compiled, items)


def _problem_of_score(quiz: CompiledItem, percent: int) -> str:
    mark = quiz.frozen.pass_percent
    if mark is None:
        return f"“{quiz.page.title}” is no quiz, so nobody has a score in it."
    if percent > mark:
        return (
            f"It asks for {percent} % in “{quiz.page.title}”, which is passed with {mark} % and cannot be taken again then. "
            f"Ask for {mark} % at most."
        )
    return ""


def _check_circles(compiled: Compiled, items: dict[str, CompiledItem]) -> None:
    circle = circle_in(
        [
            Waiting(
                key=item.key,
                parent=item.parent_key,
                is_module=item.is_module,
                completes_parent=item.freezer.kind == ActivityKind.LESSON,
                needs=item.release.gates.needs,
            )
            for item in compiled.items
        ]
    )
    if not circle:
        return
    places = {key: place for place, key in enumerate(items)}
    waiting = [at for at, key in enumerate(circle) if _next(circle, at) in items[key].release.gates.needs]
    begins = min(waiting, key=lambda at: places[circle[at]])
    first, *others = (items[key] for key in (*circle[begins:], *circle[:begins]))
    waits = ", which waits for ".join(f"“{item.page.title}”" for item in (*others, first))
    name = RELEASE if (others or [first])[0].key in first.release.titles else PREVIOUS
    problem = said(f"it waits for {waits}. Nobody could ever complete any of them.", name)
    compiled.problems.append(f"“{first.page.title}”: {problem}")


def _next(circle: tuple[str, ...], place: int) -> str:
    return circle[(place + 1) % len(circle)]


def _check_minutes(compiled: Compiled) -> None:
    """A module is worth something: its own minutes, or those of what stands in it."""
    minutes: dict[str, int] = {}
    for item in compiled.items:
        worth = item.parent_key or item.key
        minutes[worth] = minutes.get(worth, 0) + item.page.minutes
    compiled.problems += [
        f"“{item.page.title}”: Minutes: neither the module nor anything in it takes any time."
        for item in compiled.items
        if item.is_module and not minutes[item.key]
    ]


def _labels(compiled: Compiled) -> dict[str, str]:
    """What the topics of the edition are called today."""
    keys = {credit.topic for item in compiled.items for credit in item.credits}
    return dict(Topic.objects.filter(key__in=keys).order_by("key").values_list("key", "label"))


def _why_not_in(program: Program | None, page: Page) -> str:
    """Why an edition of the program does not hold a page that is linked to."""
    if not page.live:
        return "which is not published"
    above = ProgramPage.objects.ancestor_of(page).first()
    if above and above.program_id != getattr(program, "pk", None):
        return f"which belongs to another program, “{above.title}”"
    return "which is not in this edition, because a page above it is not published"


def _check_whole(compiled: Compiled, program: Program | None) -> None:
    """What can only be seen over all pages: addresses, links between lessons, activities of another program."""
    keys = {item.key for item in compiled.items}
    known = {str(key): pk for key, pk in Activity.objects.filter(key__in=keys).values_list("key", "program_id")}
    slugs: dict[str, str] = {}
    attestations: dict[str, str] = {}
    for item in compiled.items:
        slug, title = item.page.slug, item.page.title
        if not _SLUG.match(slug) or len(slug) > LONGEST_SLUG:
            compiled.problems.append(
                f"“{title}”: its slug may have letters a to z, digits and hyphens, {LONGEST_SLUG} at most."
            )
        if slug in slugs:
            compiled.problems.append(f"“{title}” and “{slugs[slug]}” have the same slug, {slug}. Change one.")
        slugs[slug] = title
        for key in keys_of_attestations(item.frozen.source):
            if key in attestations:
                compiled.problems.append(
                    f"“{title}” and “{attestations[key]}” have an attestation with the same key, {key}. Change one."
                )
            attestations[key] = title
        compiled.problems += [
            f"“{title}”: {link.sentence}, {_why_not_in(program, link.page)}."
            for key, link in item.frozen.links.items()
            if key not in keys
        ]
        if known.get(item.key, getattr(program, "pk", None)) != getattr(program, "pk", None):
            compiled.problems.append(f"“{title}” belongs to another program. Copy it instead of moving it.")
