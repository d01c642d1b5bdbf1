"""Corrections, for those who have read what was wrong: the news of them, and the page on which they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q
from django.urls import reverse

from courses.curriculum.changes import Wording, wordings
from courses.curriculum.comparing import Item, Pair
from courses.curriculum.models import Erratum
from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.rules import can_read_edition
from courses.learning.models import Completion, ReadingPosition
from courses.learning.queries import Journey
from lms.notices.actions import notify_many
from lms.notices.models import Notice
from lms.web.aggregates import ids_in

MOST_LISTED = 300
PATH = "learn_corrections"


def tell_readers(errata: Sequence[Erratum]) -> None:
    """One notice to everybody who has completed a text whose fault concerned safety, in whatever state her enrolment is,
    and to those who are reading it. The subject is neutral: a lock screen shows it."""
    grave = [erratum for erratum in errata if erratum.is_safety]
    if grave:
        notify_many([_notice(grave[0], person, enrolment) for person, enrolment in _readers(grave).items()])


def _readers(errata: Sequence[Erratum]) -> dict[int, int]:
    """By person, the newest enrolment in which she has completed one of the texts or is reading it. Two queries."""
    activities = {erratum.item.activity_id for erratum in errata}
    completed = Completion.objects.filter(activity__in=activities).order_by().values("enrolment__person")
    reading = ReadingPosition.objects.filter(activity__in=activities, enrolment__state__in=OPEN_STATES)
    reading = reading.order_by().values("enrolment__person")
    rows = [row for rows in (completed, reading) for row in rows.annotate(newest=Max("enrolment"))]
    newest: dict[int, int] = {}
    for row in rows:
        newest[row["enrolment__person"]] = max(row["newest"], newest.get(row["enrolment__person"], 0))
    return dict(sorted(newest.items()))


def _notice(erratum: Erratum, person: int, enrolment: int) -> Notice:
    return Notice(
        person_id=person,
        key=f"erratum-{erratum.pk}-person-{person}",
        subject="A text of your course has been corrected",
        text=f"A text of {erratum.item.edition.program} that you have read has been corrected. "
        "Please look at what it says now.",
        path=reverse(PATH, args=[enrolment]),
        button="See what was corrected",
    )


# The page ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Correction:
    """One correction as its reader sees it. `slug` leads to the text when it is in her edition and open to her."""

    erratum: Erratum
    is_completed: bool
    slug: str


def corrections_for(journey: Journey) -> list[Correction]:
    """The corrections of texts that she has completed or may read now, newest first; of those she completed also what
    concerned safety in other editions. What is not open to her yet is not told. One query."""
    enrolment = journey.enrolment
    completed = ids_in(enrolment.completed)
    elsewhere = Q(is_safety=True, item__activity__in=completed)
    errata = Erratum.objects.filter(Q(item__edition=enrolment.edition_id) | elsewhere)
    errata = errata.select_related("item", "old_body", "new_body").defer("old_body__html", "new_body__html")
    found: dict[tuple, Correction] = {}
    for erratum in errata.order_by("-pk")[:MOST_LISTED]:
        correction = _correction(journey, erratum, completed)
        same = (erratum.item.activity_id, erratum.new_body_id)
        if correction and (same not in found or erratum.item.edition_id == enrolment.edition_id):
            found[same] = correction
    return list(found.values())


def _correction(journey: Journey, erratum: Erratum, completed: frozenset[int]) -> Correction | None:
    line = journey.outline.by_activity(erratum.item.activity_id)
    is_open = bool(line) and can_read_edition(journey.enrolment) and not journey.states[line.id].is_locked
    is_completed = erratum.item.activity_id in completed
    return Correction(erratum, is_completed, line.slug if is_open else "") if is_open or is_completed else None


def in_words(corrections: Sequence[Correction]) -> list[tuple[Correction, Wording]]:
    """Each with what it changed, word by word. One query."""
    pairs = [Pair(_item(one.erratum, "old_body"), _item(one.erratum, "new_body")) for one in corrections]
    return list(zip(corrections, wordings(pairs, _sources(corrections), for_readers=True), strict=True))


def _sources(corrections: Sequence[Correction]) -> Mapping[str, dict]:
    bodies = [body for one in corrections for body in (one.erratum.old_body, one.erratum.new_body)]
    return {body.sha256: body.source for body in bodies}


def _item(erratum: Erratum, name: str) -> Item:
    body = getattr(erratum, name)
    return Item(str(erratum.item.activity_id), body.kind, "", erratum.item.slug, erratum.item.title, body.sha256)
