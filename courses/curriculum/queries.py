"""Reading editions. Nothing here touches a page, an image or a document of the CMS."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from courses.curriculum.asking import ATTESTATION, asked_in, slot_begin
from courses.curriculum.credits import Credit, credited
from courses.curriculum.enums import CORRECTABLE, DECISIONS, OPEN_BUILDS, ActivityKind
from courses.curriculum.freezing import freezer_for_kind
from courses.curriculum.gates import NO_GATES, Gates, gates_from
from courses.curriculum.models import (
    Activity,
    ActivityPage,
    Asset,
    Body,
    Edition,
    EditionBuild,
    EditionItem,
    Erratum,
    Program,
    ProgramPage,
    RegulatorStep,
)
from courses.curriculum.replacing import replace_words
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import scope_ids
from lms.web.aggregates import instances_in, joined_instances
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery


@dataclass(frozen=True)
class OutlineItem:
    """One line of an edition's outline. Its gates name activities by their ids."""

    id: int
    activity_id: int
    kind: str
    parent_id: int | None
    position: int
    slug: str
    title: str
    minutes: int
    topic: str
    is_core: bool
    gates: Gates = NO_GATES
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The whole table of contents of an edition, in its order."""

    edition_id: int
    items: tuple[OutlineItem, ...]

    @property
    def modules(self) -> tuple[OutlineItem, ...]:
        return self._children.get(None, ())

    def children(self, item: OutlineItem) -> tuple[OutlineItem, ...]:
        return self._children.get(item.id, ())

    def lessons_of(self, item: OutlineItem) -> tuple[OutlineItem, ...]:
        """Of a module; nothing else has any."""
        return self._lessons.get(item.id, ())

    def gated(self, item: OutlineItem) -> tuple[OutlineItem, ...]:
        """What has a gate that an item stands behind: its module, itself, both, or nothing."""
        return self._gated.get(item.id, ())

    def module_of(self, item: OutlineItem) -> OutlineItem:
        while item.parent_id is not None:
            item = self._by_id[item.parent_id]
        return item

    def neighbours(self, item: OutlineItem) -> tuple[OutlineItem | None, OutlineItem | None]:
        """What stands before and after it, modules left out: they are read on the way."""
        return self._preceding.get(item.id), self._following.get(item.id)

    def by_id(self, item_id: int) -> OutlineItem:
        return self._by_id[item_id]

    def by_slug(self, slug: str) -> OutlineItem | None:
        return self._by_slug.get(slug)

    def by_activity(self, activity_id: int) -> OutlineItem | None:
        return self._by_activity.get(activity_id)

    @cached_property
    def has_days(self) -> bool:
        """Whether any item opens some days after the cohort's start."""
        return any(item.gates.days is not None for item in self.items)

    # Looked up a few times for each line of an outline, so they are made once for all readers of the edition.

    @cached_property
    def _by_id(self) -> dict[int, OutlineItem]:
        return {item.id: item for item in self.items}

    @cached_property
    def _by_slug(self) -> dict[str, OutlineItem]:
        return {item.slug: item for item in self.items}

    @cached_property
    def _by_activity(self) -> dict[int, OutlineItem]:
        return {item.activity_id: item for item in self.items}

    @cached_property
    def _children(self) -> dict[int | None, tuple[OutlineItem, ...]]:
        children: dict[int | None, tuple[OutlineItem, ...]] = {}
        for item in self.items:
            children[item.parent_id] = (*children.get(item.parent_id, ()), item)
        return children

    @cached_property
    def _lessons(self) -> dict[int, tuple[OutlineItem, ...]]:
        lessons = {
            module.id: tuple(child for child in self.children(module) if child.kind == ActivityKind.LESSON)
            for module in self.items
        }
        return {pk: found for pk, found in lessons.items() if found}

    @cached_property
    def _preceding(self) -> dict[int, OutlineItem]:
        return _last_read(self.items)

    @cached_property
    def _following(self) -> dict[int, OutlineItem]:
        return _last_read(reversed(self.items))

    @cached_property
    def _gated(self) -> dict[int, tuple[OutlineItem, ...]]:
        gated = {
            item.id: tuple(one for one in dict.fromkeys((self.module_of(item), item)) if one.gates)
            for item in self.items
        }
        return {pk: found for pk, found in gated.items() if found}


def _last_read(items: Iterable[OutlineItem]) -> dict[int, OutlineItem]:
    """By an item's id what is read before it, as one goes through the items in this order."""
    found, last = {}, None
    for item in items:
        if last is not None:
            found[item.id] = last
        if item.kind != ActivityKind.MODULE:
            last = item
    return found


def edition_outline(edition: Edition) -> Outline:
    """The outline of an edition; asked of the database once per process, for an edition never changes."""
    return _outline(edition.pk, edition.hash, edition.published_at)


@remember(seconds=3600, most=64)
def _outline(edition_id: int, edition_hash: str, published_at: datetime) -> Outline:
    rows = _frozen_items(edition_id, edition_hash, published_at).values()
    ids = {str(row.activity.key): row.activity_id for row in rows}
    return Outline(edition_id, tuple(_outline_item(row, ids) for row in rows))


def _outline_item(row: EditionItem, ids: dict[str, int]) -> OutlineItem:
    facts = {name: getattr(row, name) for name in ("id", "activity_id", "parent_id", "position", "slug", "title")}
    return OutlineItem(
        **facts,
        kind=row.activity.kind,
        minutes=row.minutes,
        topic=row.topic,
        is_core=row.is_core,
        gates=gates_from(row.gates, ids),
        credits=credited(row),
    )


def frozen_item(edition: Edition, item: OutlineItem) -> EditionItem:
    """The item as it was published, its body left out. Only to be read: others are reading it too."""
    return _frozen_items(edition.pk, edition.hash, edition.published_at)[item.id]


@remember(seconds=3600, most=64)
def _frozen_items(edition_id: int, edition_hash: str, published_at: datetime) -> dict[int, EditionItem]:
    """By id and in order."""
    rows = EditionItem.objects.filter(edition=edition_id).select_related("activity", "parent").order_by("position")
    return {row.pk: row for row in rows}


@remember(seconds=600, most=1000)
def html_of_body(body_id: int) -> str:
    """What a body says. Bodies never change; a new renderer's HTML is seen within ten minutes of `render_editions`."""
    return Body.objects.values_list("html", flat=True).get(pk=body_id)


def html_of_item(edition, slug) -> Subquery:
    """What an item of an edition says now, its newest correction or its body, along with what is fetched anyway."""
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    items = EditionItem.objects.filter(edition=edition, slug=slug).order_by()
    return Subquery(items.values(said=Coalesce(Subquery(errata.values("new_body__html")[:1]), F("body__html"))))


def body_of_item(edition, slug) -> Subquery:
    """The id of the body that `html_of_item` is of."""
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    items = EditionItem.objects.filter(edition=edition, slug=slug).order_by()
    return Subquery(items.values(said=_current_body_of(errata)))


def _current_body_of(errata: models.QuerySet[Erratum]) -> Coalesce:
    """The id of an item's current body, by its errata, the newest first."""
    return Coalesce(Subquery(errata.values("new_body")[:1]), F("body"), output_field=models.BigIntegerField())


@remember(seconds=3600, most=500)
def asked_in_body(body_id: int) -> Mapping[str, Mapping[str, Any]]:
    """The blocks of a lesson that ask something, by id and in order. Only to be read: bodies never change."""
    return asked_in(Body.objects.values_list("source", flat=True).get(pk=body_id))


def attestations_of_edition(edition_id: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Slug and block of every attestation in an edition as it reads now, in order. Only lessons that have one are read."""
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    items = EditionItem.objects.filter(edition=edition_id, activity__kind=ActivityKind.LESSON).order_by("position")
    said = _current_body_of(errata)
    bodies = dict(items.annotate(said=said).values_list("slug", "said"))
    marked = Body.objects.filter(pk__in=bodies.values(), html__contains=slot_begin(ATTESTATION))
    sources = dict(marked.values_list("pk", "source"))
    return [
        (slug, block)
        for slug, body in bodies.items()
        for block in asked_in(sources.get(body, {})).values()
        if block["type"] == ATTESTATION
    ]


def html_of_items(ids: Sequence[int]) -> dict[int, str]:
    """What several items say now, by their ids. One query."""
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    said = Coalesce(Subquery(errata.values("new_body__html")[:1]), F("body__html"))
    return dict(EditionItem.objects.filter(pk__in=ids).order_by().values_list("pk", said))


def newest_correction(edition, slug) -> Subquery:
    """The id of the body that corrects an item of an edition, if one does, along with what is fetched anyway."""
    errata = Erratum.objects.filter(item__edition=edition, item__slug=slug).order_by("-id")
    return Subquery(errata.values("new_body")[:1])


def last_correction(edition: Edition) -> int:
    """The id of the newest correction of any item of an edition; 0 for none. With it, what an edition says never changes."""
    ((newest,),) = _last_correction(edition=edition.pk)
    return newest or 0


_last_correction = PreparedQuery(
    lambda edition: (
        Edition.objects.filter(pk=edition).order_by().values_list(Subquery(_newest_erratum(OuterRef("pk"))))
    ),
    edition=models.BigIntegerField(),
)


def _newest_erratum(edition) -> models.QuerySet[Erratum]:
    return Erratum.objects.filter(item__edition=edition).order_by("-pk").values("pk")[:1]


def texts_of_edition(edition_id: int, correction: int) -> list[tuple[int, str, str]]:
    """Id, title and text of every item, in order, as the edition read when that correction was the newest."""
    errata = Erratum.objects.filter(item=OuterRef("pk"), pk__lte=correction).order_by("-id")
    said = Coalesce(Subquery(errata.values("new_body__search_text")[:1]), F("body__search_text"))
    items = EditionItem.objects.filter(edition=edition_id).order_by("position")
    return list(items.values_list("pk", "title", said))


def html_of_edition(edition_id: int, correction: int) -> dict[int, str]:
    """What every item says, by the id of its activity, as the edition read when that correction was the newest."""
    errata = Erratum.objects.filter(item=OuterRef("pk"), pk__lte=correction).order_by("-id")
    said = Coalesce(Subquery(errata.values("new_body__html")[:1]), F("body__html"))
    return dict(EditionItem.objects.filter(edition=edition_id).order_by("position").values_list("activity", said))


def sources_of_edition(edition_id: int, correction: int) -> list[tuple[int, dict]]:
    """Id and frozen source of every item, in order, as the edition read when that correction was the newest."""
    errata = Erratum.objects.filter(item=OuterRef("pk"), pk__lte=correction).order_by("-id")
    said = Coalesce(Subquery(errata.values("new_body__source")[:1]), F("body__source"), output_field=models.JSONField())
    items = EditionItem.objects.filter(edition=edition_id).order_by("position")
    return list(items.values_list("pk", said))


def current_body_id(item: EditionItem) -> int:
    """The id of the body that `current_body` gives. One query."""
    newest = Erratum.objects.filter(item=item.pk).order_by("-id").values_list("new_body", flat=True).first()
    return newest or item.body_id


def current_body(item: EditionItem) -> Body:
    """What the item says now: its newest correction, or what it was published with."""
    erratum = item.errata.select_related("new_body").order_by("-id").first()
    return erratum.new_body if erratum else item.body


def says_now() -> Coalesce:
    """The id of the body that an item shows now, along with its row."""
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    newest = Subquery(errata.values("new_body")[:1], output_field=models.BigIntegerField())
    return Coalesce(newest, F("body_id"), output_field=models.BigIntegerField())


def says_the_same(item: EditionItem) -> models.QuerySet[EditionItem]:
    """The items of other editions that hold the same activity and show the same text now, newest edition first."""
    others = EditionItem.objects.filter(activity=item.activity_id).exclude(pk=item.pk)
    same = others.annotate(says=says_now()).filter(says=current_body_id(item))
    return same.select_related("edition__program").order_by("-edition__number")


@dataclass(frozen=True)
class PlaceOfWords:
    """An item that says some words now, in `body`, and how often."""

    item: EditionItem
    body: Body
    count: int


@dataclass(frozen=True)
class WordsFound:
    """Where editions say some words. The fingerprint is of these places: another place, another fingerprint."""

    places: tuple[PlaceOfWords, ...]

    @property
    def count(self) -> int:
        return sum(place.count for place in self.places)

    @property
    def fingerprint(self) -> str:
        plain = ";".join(f"{place.item.pk}:{place.body.pk}:{place.count}" for place in self.places)
        return hashlib.sha256(plain.encode()).hexdigest()


def places_of_words(program: Program, words: str) -> WordsFound:
    """Every module and lesson of any edition of a program that says these words now, by edition and place. Two queries."""
    items = EditionItem.objects.filter(edition__program=program, activity__kind__in=CORRECTABLE)
    items = list(
        items.annotate(says=says_now()).select_related("edition", "activity").order_by("-edition__number", "position")
    )
    counts = {}
    for body in Body.objects.filter(pk__in={item.says for item in items}).defer("html", "search_text").iterator():
        count = replace_words(body.source, words, words)[1]
        if count:
            counts[body.pk] = (body, count)
    return WordsFound(tuple(PlaceOfWords(item, *counts[item.says]) for item in items if item.says in counts))


def errata_of_item(edition, slug) -> Subquery:
    """The corrections of an item of an edition, along with what is fetched anyway. `errata_in` reads them."""
    errata = Erratum.objects.filter(item__edition=edition, item__slug=slug).order_by().values("item")
    return Subquery(errata.annotate(rows=joined_instances(Erratum, "reason", "is_safety", "at")).values("rows"))


def errata_in(joined: str | None) -> list[Erratum]:
    """Newest first. No query."""
    return instances_in(joined, Erratum)[::-1]


def pages_of(activities: Iterable[Activity]) -> dict[int, ActivityPage]:
    """By activity id, the pages in the CMS in which modules and lessons are written now. One query for each kind."""
    by_kind: dict[str, dict] = {}
    for activity in activities:
        by_kind.setdefault(activity.kind, {})[activity.key] = activity.pk
    pages = {}
    for kind, keys in by_kind.items():
        page_model = apps.get_model(freezer_for_kind(kind).page_model)
        pages |= {keys[page.activity_key]: page for page in page_model.objects.filter(activity_key__in=keys)}
    return pages


def asset_of_edition(edition: Edition | int, sha256: str) -> Asset:
    """A file that some item of the edition shows or has shown. Raises `Http404` for any other."""
    if not items_showing(edition, sha256):
        raise Http404
    return get_object_or_404(Asset, sha256=sha256)


def items_showing(edition: Edition | int, sha256: str) -> list[int]:
    """The ids of the items of an edition that show a file, or have shown it before or since a correction."""
    shows = models.Q(body__assets__sha256=sha256) | models.Q(errata__new_body__assets__sha256=sha256)
    return list(EditionItem.objects.filter(shows, edition=edition).order_by().values_list("pk", flat=True).distinct())


def item_of_activity(edition: Edition | int, key) -> EditionItem:
    """The item that holds an activity in an edition. Raises `Http404`."""
    return get_object_or_404(EditionItem.objects.filter(edition=edition), activity__key=key)


def programs_for_director(user: User) -> models.QuerySet[ProgramPage]:
    """The program pages a director may publish, with the number of the newest edition (0: none)."""
    newest = Edition.objects.filter(program=OuterRef("program")).order_by("-number").values("number")[:1]
    pages = ProgramPage.objects.filter(program__isnull=False).select_related("program").order_by("title", "pk")
    pages = pages.annotate(newest_edition=Coalesce(Subquery(newest), 0))
    reach = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM)
    return pages if reach is None else pages.filter(program__in=reach)


def editions_for_staff(user: User) -> models.QuerySet[Edition]:
    """The editions that directors, faculty and registrars may read whole, newest first."""
    editions = Edition.objects.select_related("program", "published_by").annotate(item_count=Count("items"))
    editions = editions.order_by("program__title", "-number", "pk")
    reaches = [scope_ids(user, role, Scope.PROGRAM) for role in (Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR)]
    if None in reaches:
        return editions
    return editions.filter(program__in=set().union(*reaches))


def last_edition(program: Program, locale: str = "en") -> Edition | None:
    return Edition.objects.filter(program=program, locale=locale).order_by("-number").first()


def open_build(program: Program) -> EditionBuild | None:
    """The edition of a program that is being made now."""
    return EditionBuild.objects.filter(program=program, state__in=OPEN_BUILDS).first()


def editions_before(edition: Edition) -> models.QuerySet[Edition]:
    """The earlier editions of the same program in the same language, newest first."""
    same = Edition.objects.filter(program=edition.program_id, locale=edition.locale)
    return same.filter(number__lt=edition.number).order_by("-number")


def program_pages_for_staff(user: User) -> models.QuerySet[ProgramPage]:
    """The program pages whose drafts directors, faculty and registrars may see at the desk."""
    pages = ProgramPage.objects.filter(program__isnull=False).select_related("program").order_by("title", "pk")
    reaches = [scope_ids(user, role, Scope.PROGRAM) for role in (Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR)]
    return pages if None in reaches else pages.filter(program__in=set().union(*reaches))


def newest_decision() -> Subquery:
    """What a regulator decided last on an edition, along with its row; None while nobody has decided."""
    steps = RegulatorStep.objects.filter(edition=OuterRef("pk"), kind__in=DECISIONS).order_by("-on", "-id")
    return Subquery(steps.values("kind")[:1])


def decision_on(edition: Edition) -> str | None:
    return Edition.objects.filter(pk=edition.pk).values_list(newest_decision(), flat=True).get()


def page_of(activity: Activity) -> ActivityPage | None:
    """The page in the CMS in which an activity is written now; None when it was deleted."""
    page_model = apps.get_model(freezer_for_kind(activity.kind).page_model)
    return page_model.objects.filter(activity_key=activity.key).first()
