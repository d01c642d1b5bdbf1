"""Correcting published editions: one text in every edition that says it, or the same words wherever they stand."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from courses.curriculum.actions.edition import NotPublishable, keep_body
from courses.curriculum.asking import check_rule, keys_of_attestations
from courses.curriculum.corrections import tell_of_corrections
from courses.curriculum.enums import CORRECTABLE
from courses.curriculum.freezing import Freezer, Frozen, freezer_for_kind, freezer_for_page
from courses.curriculum.models import Body, Edition, EditionItem, Erratum, Program
from courses.curriculum.queries import attestations_of_edition, current_body, places_of_words
from courses.curriculum.replacing import replace_words
from courses.curriculum.rules import can_publish
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal


@transaction.atomic
def correct_item(
    item: EditionItem,
    *,
    page,
    by: User,
    reason: str,
    is_safety: bool = False,
    also: Iterable[EditionItem] = (),
) -> Erratum:
    """Replace what one item of a published edition says by what its page says now. Readers see the newest body.

    `page` is the live page of the same activity; `also` are its items in other editions that say the same as this one.
    Each gets an erratum of its own, and the first is returned. What was read before stays: evidence names its own body.
    Whoever must hear of it is told in this transaction.
    """
    items = _lock([item, *also])
    for one in items:
        if not can_publish(by, one.edition.program):
            raise PermissionDenied
    frozen, freezer = _frozen(page, items, reason)
    old = current_body(items[0])
    new = keep_body(freezer, frozen)
    if new.pk == old.pk:
        raise Refusal("The page says the same as the edition. Publish the corrected page first.")
    different = [one for one in items if current_body(one).pk != old.pk]
    if different:
        raise Refusal(f"{different[0].edition} says something else by now. Correct it by itself.")
    errata = [_erratum(one, old, new, by=by, reason=reason, is_safety=is_safety) for one in items]
    tell_of_corrections(errata)
    return errata[0]


def _lock(items: Sequence[EditionItem]) -> list[EditionItem]:
    """The rows and their editions, locked in one order whoever asks; the first one asked for comes first.

    The editions too, because an attestation's key stands once in an edition: two lessons may each be given the same one.
    """
    editions = Edition.objects.select_for_update(no_key=True).filter(pk__in={item.edition_id for item in items})
    list(editions.order_by("pk").values_list("pk"))
    rows = EditionItem.objects.select_for_update(of=("self",)).select_related("edition__program", "activity", "body")
    locked = {row.pk: row for row in rows.filter(pk__in=[item.pk for item in items]).order_by("pk")}
    return [locked[pk] for pk in dict.fromkeys(item.pk for item in items)]


def _frozen(page, items: Sequence[EditionItem], reason: str) -> tuple[Frozen, Freezer]:
    """The page as it would be read now, when nothing forbids that it corrects these items."""
    if not reason.strip():
        raise Refusal("Say what was wrong. Readers may ask.")
    if any(str(page.activity_key) != str(item.activity.key) for item in items):
        raise Refusal("This page is another activity.")
    if page.has_unpublished_changes or not page.live:
        raise NotPublishable("Some pages are not published.", [f"“{page.title}” has changes that are not published."])
    freezer = freezer_for_page(page)
    if freezer.kind not in CORRECTABLE:
        raise Refusal("Only modules and lessons can be corrected. A quiz changes with the next edition.")
    frozen = freezer.freeze(page)
    for item in items:
        check_rule(item.completed_by, frozen)
    problems = frozen.problems + [
        f"It links to a page that is not in edition {item.edition.number}."
        for item in items
        if _dangles(item, frozen.source)
    ]
    problems += [problem for item in items for problem in _signed_elsewhere(item, frozen.source)]
    if problems:
        raise NotPublishable("This cannot become a correction yet.", problems)
    return frozen, freezer


def _dangles(item: EditionItem, source: dict[str, Any]) -> bool:
    links = source.get("links", [])
    if not links:
        return False
    keys = {str(key) for key in item.edition.items.values_list("activity__key", flat=True)}
    return any(link not in keys for link in links)


def _signed_elsewhere(item: EditionItem, source: dict[str, Any]) -> list[str]:
    """Attestations whose key the edition has already: one signature would count for two statements."""
    keys = keys_of_attestations(source)
    if not keys:
        return []
    taken = {block["key"] for slug, block in attestations_of_edition(item.edition_id) if slug != item.slug}
    twice = {key for key in keys if keys.count(key) > 1}
    return [
        f"Edition {item.edition.number} would have two attestations with the same key, {key}. Change one."
        for key in sorted(twice | (taken & set(keys)))
    ]


@transaction.atomic
def replace_in_editions(
    program: Program, *, old: str, new: str, by: User, reason: str, is_safety: bool = False, seen: str = ""
) -> list[Erratum]:
    """Replace words by others in every module and lesson of every edition that says them now, exactly and as whole words.

    `seen` is the fingerprint of the places that the preview showed: when they have changed meanwhile, nothing is done.
    The pages of the CMS stay as they are: the director corrects them too, or the next edition says the old words again.
    """
    if not can_publish(by, program):
        raise PermissionDenied
    old, new, reason = old.strip(), new.strip(), reason.strip()
    if not reason:
        raise Refusal("Say what was wrong. Readers may ask.")
    if not old or not new or old == new:
        raise Refusal("Give the words that are wrong, and other words in their place.")
    Program.objects.select_for_update().get(pk=program.pk)
    _lock([place.item for place in places_of_words(program, old).places])
    found = places_of_words(program, old)
    if seen not in ("", found.fingerprint):
        raise Refusal("The editions have changed meanwhile. Please look at the places again.")
    if not found.places:
        raise Refusal(f"No edition says “{old}”.")
    bodies: dict[int, Body] = {}
    errata = []
    for place in found.places:
        if place.body.pk not in bodies:
            bodies[place.body.pk] = _with_words_replaced(place.body, old, new)
        new_body = bodies[place.body.pk]
        errata.append(_erratum(place.item, place.body, new_body, by=by, reason=reason, is_safety=is_safety))
    tell_of_corrections(errata)
    return errata


def _with_words_replaced(body: Body, old: str, new: str) -> Body:
    source, _ = replace_words(body.source, old, new)
    assets = set(body.assets.values_list("pk", flat=True))
    freezer = freezer_for_kind(body.kind)
    return keep_body(freezer, Frozen(source, freezer.search_text(source), assets))


def _erratum(item: EditionItem, old: Body, new: Body, *, by: User, reason: str, is_safety: bool) -> Erratum:
    erratum = Erratum.objects.create(
        item=item, old_body=old, new_body=new, is_safety=is_safety, reason=reason.strip(), by=by
    )
    record(
        "curriculum.erratum.made", by=by, about=erratum, item=item.pk, old=old.sha256, new=new.sha256, safety=is_safety
    )
    return erratum
