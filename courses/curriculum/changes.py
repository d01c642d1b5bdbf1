"""What has changed between two editions, fetched and said in words. Both as their readers read them now, corrected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from courses.curriculum.comparing import Comparison, FactChange, Item, Pair, compare
from courses.curriculum.compiling import Compiled
from courses.curriculum.credits import credited, credits_in_words
from courses.curriculum.enums import ActivityKind, CompletedBy
from courses.curriculum.freezing import freezer_for_kind
from courses.curriculum.models import Body, Edition, EditionItem, Erratum
from courses.curriculum.plain import without_answers
from courses.curriculum.queries import last_correction
from courses.curriculum.wording import Stretch, compare_words, folded, is_changed
from lms.web.memory import remember
from lms.web.templatetags.ui import day, minutes

FACTS = ("minutes", "topic", "credits", "is_core", "completed_by", "gates", "review")


def compare_editions(old: Edition, new: Edition) -> Comparison:
    """What a reader of the one would find different in the other."""
    return _compare_editions(old.pk, last_correction(old), new.pk, last_correction(new))


@remember(seconds=3600, most=64)
def _compare_editions(old: int, old_correction: int, new: int, new_correction: int) -> Comparison:
    """Remembered by the newest corrections: an edition never changes otherwise."""
    before, after = _rows(old), _rows(new)
    titles = {str(row["activity__key"]): row["title"] for row in (*before, *after)}
    return compare(_items(before, titles), _items(after, titles))


def compare_with_pages(edition: Edition, compiled: Compiled) -> Comparison:
    """What the next edition would change, if the pages were published as they are now."""
    before = _rows(edition.pk)
    after = [
        {name: getattr(item.page, name, True) for name in ("slug", "title", "minutes", "topic", "is_core")}
        | {
            "activity__key": item.key,
            "activity__kind": item.freezer.kind.value,
            "parent__activity__key": item.parent_key,
        }
        | {"credits": item.credits, "completed_by": item.completed_by}
        | {"gates": item.gates, "review": item.review, "sha256": item.sha256}
        for item in compiled.items
    ]
    titles = {str(row["activity__key"]): row["title"] for row in (*before, *after)}
    return compare(_items(before, titles), _items(after, titles))


def _rows(edition_id: int) -> list[dict[str, Any]]:
    errata = Erratum.objects.filter(item=OuterRef("pk")).order_by("-id")
    said = Coalesce(Subquery(errata.values("new_body__sha256")[:1]), F("body__sha256"))
    rows = EditionItem.objects.filter(edition=edition_id).order_by("position").annotate(sha256=said)
    names = ("activity__key", "activity__kind", "parent__activity__key", "slug", "title", "sha256", *FACTS)
    return list(rows.values(*names))


def _items(rows: Iterable[dict[str, Any]], titles: Mapping[str, str]) -> list[Item]:
    return [
        Item(
            key=str(row["activity__key"]),
            kind=row["activity__kind"],
            parent=str(row["parent__activity__key"] or ""),
            slug=row["slug"],
            title=row["title"],
            body=row["sha256"],
            facts=facts_in_words(row, titles),
        )
        for row in rows
    ]


def facts_in_words(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, str]:
    """What counts of an item, each as a few words. Only what it has: a lesson is neither core nor elective."""
    facts = {
        "Time": minutes(row["minutes"]) if row["minutes"] else "",
        "Credited": credits_in_words(credited(_as_item(row)), {}),
        "Opens": gates_in_words(row["gates"], titles),
        "Reviewed": review_in_words(row["review"]),
    }
    if row["activity__kind"] == ActivityKind.MODULE:
        facts["Part"] = "core" if row["is_core"] else "elective"
    if row["activity__kind"] == ActivityKind.LESSON:
        facts["Complete when"] = CompletedBy(row["completed_by"]).label
    return facts


def _as_item(row: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{name: row[name] for name in ("minutes", "topic", "credits")})


def gates_in_words(gates: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    words = [f"after “{titles.get(key, 'an item that is gone')}”" for key in gates.get("after", [])]
    if gates.get("on"):
        words.append(f"on {day(date.fromisoformat(gates['on']))}")
    if gates.get("days") is not None:
        words.append(f"{gates['days']} days after the cohort begins")
    words += [f"with {percent}% in “{titles.get(key, 'a quiz')}”" for key, percent in gates.get("scores", [])]
    return " and ".join(words)


def review_in_words(review: Mapping[str, str]) -> str:
    if not review.get("reviewed_on"):
        return ""
    again = review.get("next_review_on")
    return f"by {review['reviewer']} on {day(date.fromisoformat(review['reviewed_on']))}" + (
        f", again by {day(date.fromisoformat(again))}" if again else ""
    )


# In words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One change as it is read. `item` is what it is about, in the edition in which it stands."""

    item: Item
    detail: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[Line, ...]


def in_words(changes: Comparison) -> list[Section]:
    """The changes as a page lists them; empty sections are left out."""
    sections = [
        Section("New", tuple(map(Line, changes.added))),
        Section("Taken out", tuple(map(Line, changes.removed))),
        Section("Moved", tuple(Line(pair.new) for pair in changes.moved)),
        Section("Renamed", tuple(Line(pair.new, f"before: “{pair.old.title}”") for pair in changes.renamed)),
        Section("What counts", tuple(Line(change.item, _fact(change)) for change in changes.facts)),
        Section("Text changed", tuple(Line(pair.new) for pair in changes.edited)),
    ]
    return [section for section in sections if section.lines]


def _fact(change: FactChange) -> str:
    return f"{change.name.lower()}: {change.new or 'nothing'}, before: {change.old or 'nothing'}"


@dataclass(frozen=True)
class Wording:
    """An edited item, word by word. Without stretches, only what is not text has changed, or it is not shown."""

    item: Item
    stretches: tuple[Stretch, ...]


def wordings(
    pairs: Sequence[Pair], written: Mapping[str, Any] | None = None, *, for_readers: bool = False
) -> list[Wording]:
    """The texts of edited items compared. `written` holds sources that are at hand, by their sha256. One query at most.

    What is made `for_readers` tells nothing of the answers of knowledge checks.
    """
    known = dict(written or {})
    missing = {sha for pair in pairs for sha in (pair.old.body, pair.new.body)} - set(known)
    if missing:
        known |= dict(Body.objects.filter(sha256__in=missing).values_list("sha256", "source"))
    if for_readers:
        known = {sha: without_answers(source) for sha, source in known.items()}
    return [_wording(pair, known) for pair in pairs]


def _wording(pair: Pair, sources: Mapping[str, Any]) -> Wording:
    text = freezer_for_kind(pair.new.kind).text
    if text is None:
        return Wording(pair.new, ())
    stretches = compare_words(text(sources[pair.old.body]), text(sources[pair.new.body]))
    return Wording(pair.new, tuple(folded(stretches)) if is_changed(stretches) else ())
