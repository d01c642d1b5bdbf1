"""A trainee's way through her edition, with a fixed number of queries however long it is."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Now
from django.http import Http404
from django.utils import timezone

from courses.curriculum.enums import ActivityKind, CompletedBy
from courses.curriculum.models import Edition, EditionItem, Erratum
from courses.curriculum.queries import (
    Outline,
    OutlineItem,
    asked_in_body,
    body_of_item,
    current_body_id,
    edition_outline,
    errata_of_item,
    frozen_item,
    html_of_item,
    last_correction,
    sources_of_edition,
    texts_of_edition,
)
from courses.enrolment.models import Cohort, Enrolment
from courses.enrolment.queries import cohort_delays, delays_of_cohort, is_adjusted, unseen_move
from courses.learning.asking import Given, given_in, share_of, what_completes
from courses.learning.enums import ATTESTATION_SIGNED
from courses.learning.models import (
    Bookmark,
    CheckAnswer,
    Completion,
    CorrectionsSeen,
    Note,
    ReadingPosition,
    SignedAttestation,
)
from courses.learning.registry import Elsewhere, facts_elsewhere, progress_elsewhere
from courses.learning.rules import Calendar, ItemProgress, lock_reason, next_item, progress
from courses.standards.contract import Config
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of
from lms.accounts.models import User
from lms.web.aggregates import JoinedIds, JoinedRows, ids_in, joined_instances, rows_in
from lms.web.finding import Found, Text, find, fold, text_of, words_of
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery

YOUNG_DAYS = 300  # the shortest time that a signature counts is twelve months; nobody is asked to renew a younger one


@dataclass(frozen=True)
class Journey:
    """An enrolment, its edition's outline, and how far the trainee is."""

    enrolment: Enrolment
    outline: Outline
    states: dict[int, ItemProgress]
    reading: int | None

    @property
    def next(self) -> OutlineItem | None:
        return next_item(self.outline, self.states, reading=self.reading)

    @property
    def lessons(self) -> int:
        return sum(item.kind == ActivityKind.LESSON for item in self.outline.items)

    @property
    def lessons_done(self) -> int:
        return sum(item.kind == ActivityKind.LESSON and self.states[item.id].is_done for item in self.outline.items)

    @property
    def percent(self) -> int:
        return 100 * self.lessons_done // self.lessons if self.lessons else 0


def _own(person, pk, slug) -> QuerySet[Enrolment]:
    own = Enrolment.objects.filter(person=person, pk=pk)
    own = own.select_related("program", "cohort", "edition", "reading_position").defer("edition__change_note")
    return own.annotate(
        **_facts_of_item(OuterRef("edition"), slug),
        answers=_here(CheckAnswer, slug, JoinedRows(JSONObject(**_ANSWER))),
        signatures=_here(SignedAttestation, slug, JoinedRows(JSONObject(**_SIGNATURE))),
        unseen_move=unseen_move(),
        completed=completed_lessons(),
        is_adjusted=is_adjusted(),
        own_notes=_here(Note, slug, joined_instances(Note, "block", "quotation", "text", "changed")),
        is_bookmarked=Exists(Bookmark.objects.filter(enrolment=OuterRef("pk"), **_at(slug))),
        delays=cohort_delays(),
        **facts_elsewhere(),
    )


def _facts_of_item(edition, slug) -> dict[str, Subquery]:
    """What is fetched of an item whoever reads it."""
    return {
        "html": html_of_item(edition, slug),
        "body": body_of_item(edition, slug),
        "errata": errata_of_item(edition, slug),
    }


_own_enrolment = PreparedQuery(_own, person=BigIntegerField(), pk=BigIntegerField(), slug=CharField())


_ANSWER = {name: name for name in ("block", "chosen", "is_right", "times", "first_chosen", "first_at")}
_SIGNATURE = {name: name for name in ("id", "key", "sha256", "name", "signed_at")}


def _here(model: type[Model], slug, joined: JoinedRows) -> Subquery:
    """What belongs to an enrolment (`OuterRef("pk")`) in the item named `slug`, in one JSON text."""
    rows = model.objects.filter(enrolment=OuterRef("pk"), **_at(slug)).order_by().values("enrolment")
    return Subquery(rows.annotate(rows=joined).values("rows"))


def _at(slug) -> dict:
    """Of what points at an activity: the one named `slug` in the enrolment's edition. In one `filter`, or it means two."""
    return {"activity__items__edition": OuterRef("edition"), "activity__items__slug": slug}


def given_by(enrolment: Enrolment) -> Given:
    """What she has answered and signed in the item that `learners_enrolment` was asked for by its slug. No query."""
    zone = ZoneInfo(enrolment.cohort.time_zone)
    return given_in(rows_in(enrolment.answers), rows_in(enrolment.signatures), zone)


def given_in_activity(enrolment: Enrolment, activity_id: int) -> Given:
    """The same, asked of the database now: for acts, which decide by it. Two queries."""
    own = {"enrolment": enrolment, "activity": activity_id}
    answers = CheckAnswer.objects.filter(**own).values(*_ANSWER)
    signatures = SignedAttestation.objects.filter(**own).values(*_SIGNATURE)
    return given_in(answers, signatures, ZoneInfo(enrolment.cohort.time_zone))


def why_not_complete(enrolment: Enrolment, item: EditionItem) -> str:
    """What is left to answer or to sign before an item is complete by its own rule, or "". No query where reading is enough."""
    if item.completed_by == CompletedBy.READ:
        return ""
    asked, given = asked_in_body(current_body_id(item)), given_in_activity(enrolment, item.activity_id)
    share = share_of(item.completed_by, asked, given)
    return "" if share.is_whole else what_completes(item.completed_by, share)


def months_valid(enrolment: Enrolment, key: str) -> int:
    """For how many months her standard counts a signature under an attestation; 0 for good. The strictest requirement."""
    asked = [config for config in _attestations_asked(enrolment.standard_version_id) if config.attestation == key]
    return min((config.valid_months for config in asked if config.valid_months), default=0)


@remember(seconds=3600, most=200)
def _attestations_asked(standard_version: int) -> tuple[Config, ...]:
    """What a published standard asks of attestations; it never changes."""
    version = StandardVersion.objects.defer("data").get(pk=standard_version)
    return tuple(line.config for line in definition_of(version).requirements if line.kind == ATTESTATION_SIGNED)


def has_old_signature() -> Exists:
    """The fact, of a person, that she signed something so long ago that it may lapse soon."""
    old = Now() - timedelta(days=YOUNG_DAYS)
    return Exists(SignedAttestation.objects.filter(enrolment__person=OuterRef("pk"), signed_at__lt=old).order_by())


def yearly_attestations(standard_version: int) -> tuple[Config, ...]:
    """The requirements of a published standard that are signed again and again."""
    return tuple(config for config in _attestations_asked(standard_version) if config.valid_months)


def completed_lessons() -> Subquery:
    """The ids of the activities completed in an enrolment (`OuterRef("pk")`), in one text."""
    completed = Completion.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return Subquery(completed.annotate(ids=JoinedIds("activity")).values("ids"))


def learners_enrolment(user: User, pk: int, *, slug: str = "") -> Enrolment:
    """Her own enrolment with where she was reading and what she has `completed`; and of the item named `slug` the `html`
    that it says now, the `body` of that, its `errata`, the `answers`, `signatures` and `own_notes` that are hers there, and
    whether it `is_bookmarked`.

    Raises `Http404` for everybody else: staff read at the desk.
    """
    found = _own_enrolment(person=user.pk, pk=pk, slug=slug)
    if not found:
        raise Http404
    found[0].person = user
    return found[0]


def beginner(cohort: Cohort, *, slug: str = "") -> Enrolment:
    """Somebody who begins in a cohort today, as `learners_enrolment` would give her: for staff who look. She is nobody, has
    no row anywhere, and nothing can be written for her: no enrolment has the number 0."""
    today = timezone.localdate(timezone=ZoneInfo(cohort.time_zone))
    enrolment = Enrolment(pk=0, program=cohort.program, cohort=cohort, edition=cohort.edition, enrolled_on=today)
    of_item = Edition.objects.filter(pk=cohort.edition_id).values(**_facts_of_item(OuterRef("pk"), slug)).get()
    of_herself = dict.fromkeys(_own(0, 0, slug).query.annotations)  # nothing done, answered, noted or granted yet
    for name, fact in (of_herself | of_item).items():
        setattr(enrolment, name, fact)
    return enrolment


def completed_activities(enrolment: Enrolment) -> set[int]:
    return set(Completion.objects.filter(enrolment=enrolment).values_list("activity_id", flat=True))


def journey_of(enrolment: Enrolment) -> Journey:
    """Of an enrolment as `learners_enrolment` gives it. No query once the outline is known."""
    outline = edition_outline(enrolment.edition)
    reading = _reading(enrolment)
    return Journey(enrolment, outline, _states(enrolment, outline, reading), reading)


def _states(enrolment: Enrolment, outline: Outline, reading: int | None) -> dict[int, ItemProgress]:
    elsewhere = progress_elsewhere(vars(enrolment))
    return progress(
        outline,
        completed=ids_in(enrolment.completed),
        elsewhere=elsewhere.states,
        scores=elsewhere.scores,
        calendar=_calendar(enrolment, outline),
        reading=reading,
    )


def _calendar(enrolment: Enrolment, outline: Outline) -> Calendar:
    """Today is the day that it is where the cohort is: a date opens for all of a cohort at once."""
    cohort = enrolment.cohort
    today = timezone.localdate(timezone=ZoneInfo(cohort.time_zone))
    return Calendar(today, cohort.starts_on, delays_of_cohort(enrolment) if outline.has_days else ())


def _reading(enrolment: Enrolment) -> int | None:
    position = getattr(enrolment, "reading_position", None)
    return position.activity_id if position else None


def search_edition(journey: Journey, query: str) -> Found:
    """Where the words of a query stand in an edition that she may read, the best first. Items that are not open to her
    are not searched: neither what they say nor that they say it is told. One query."""
    words = words_of(query)
    if not words:
        return Found(0, ())
    edition = journey.enrolment.edition
    texts = _texts(edition.pk, edition.hash, last_correction(edition))
    return find({pk: text for pk, text in texts.items() if not journey.states[pk].is_locked}, words)


@remember(seconds=3600, most=32)
def _texts(edition_id: int, edition_hash: str, correction: int) -> dict[int, Text]:
    """Some hundred kilobytes, made ready to be searched once for all readers."""
    return {pk: text_of(title, text) for pk, title, text in texts_of_edition(edition_id, correction)}


@dataclass(frozen=True)
class Listed:
    """A word of the glossary or a reference, and the lessons that have it."""

    entry: Mapping[str, Any]
    items: tuple[OutlineItem, ...]


def glossary_of(journey: Journey) -> list[Listed]:
    """The words that her open lessons explain, in the order of the alphabet. A word that was corrected in one lesson only
    stands there with both meanings. One query."""
    words = _collected(journey, "terms", same=lambda term: (term["slug"], term["term"], term["definition"]))
    return sorted(words, key=lambda word: (fold(word.entry["term"]), word.entry["definition"]))


def references_of(journey: Journey) -> list[Listed]:
    """What her open lessons rest on, in the order of the alphabet; what several cite stands once. One query."""
    found = _collected(journey, "items", same=lambda item: item["doi"].lower() or item["url"] or item["text"])
    return sorted(found, key=lambda reference: fold(reference.entry["text"]))


def _collected(journey: Journey, name: str, *, same: Callable[[Mapping[str, Any]], Hashable]) -> list[Listed]:
    """Entries of the blocks of every item that is not locked, equal ones put together."""
    edition = journey.enrolment.edition
    entries: dict[Hashable, Mapping[str, Any]] = {}
    places: dict[Hashable, dict[int, OutlineItem]] = {}
    for pk, lists in _lists(edition.pk, edition.hash, last_correction(edition)).items():
        if not journey.states[pk].is_locked:
            for entry in lists[name]:
                entries.setdefault(same(entry), entry)
                places.setdefault(same(entry), {})[pk] = journey.outline.by_id(pk)
    return [Listed(entry, tuple(places[key].values())) for key, entry in entries.items()]


@remember(seconds=3600, most=32)
def _lists(edition_id: int, edition_hash: str, correction: int) -> dict[int, dict[str, list[dict]]]:
    """The glossary and the references of every item that has any."""
    found = {}
    for pk, source in sources_of_edition(edition_id, correction):
        blocks = source.get("blocks", [])
        kinds = {"terms": "glossary", "items": "references"}
        lists = {
            name: [entry for block in blocks if block["type"] == kind for entry in block[name]]
            for name, kind in kinds.items()
        }
        if any(lists.values()):
            found[pk] = lists
    return found


def item_for(enrolment: Enrolment, slug: str) -> EditionItem:
    """The item of the enrolment's edition. Raises `Http404`."""
    line = edition_outline(enrolment.edition).by_slug(slug)
    if line is None:
        raise Http404
    return frozen_item(enrolment.edition, line)


def why_locked(enrolment: Enrolment, item: EditionItem) -> str:
    """Why a trainee may not begin an item yet, or "". For rooms whose items stand in the outline, such as quizzes."""
    outline = edition_outline(enrolment.edition)
    line = outline.by_slug(item.slug)
    if line is None:
        raise Http404
    if not outline.gated(line):
        return ""
    elsewhere = elsewhere_now(enrolment)
    done = completed_activities(enrolment) | elsewhere.done
    return lock_reason(outline, line, done, calendar=_calendar(enrolment, outline), scores=elsewhere.scores)


def elsewhere_now(enrolment: Enrolment) -> Elsewhere:
    """Asked of the database now: for acts, which decide by it. One query."""
    return progress_elsewhere(Enrolment.objects.values(**facts_elsewhere()).get(pk=enrolment.pk))


def enrolment_facts() -> dict[str, Subquery]:
    """What learning wants along with a trainee's own enrolments: `reading`, the activity at which she was last, what she
    has `completed` here and elsewhere, the `delays` of her cohort, the `unseen_move` to a later edition and the
    `unseen_correction`."""
    positions = ReadingPosition.objects.filter(enrolment=OuterRef("pk")).order_by()
    return {
        "reading": Subquery(positions.values("activity")),
        "completed": completed_lessons(),
        "unseen_move": unseen_move(),
        "delays": cohort_delays(),
        "unseen_correction": unseen_correction(),
        **facts_elsewhere(),
    }


def unseen_correction() -> Subquery:
    """The id of the newest correction of a text that was completed in an enrolment (`OuterRef("pk")`) before it, and at
    which she has not looked; of another edition than hers only where it concerns safety.

    Corrections are few: from the newest back, each is looked up among her completions, and only as far as she has seen.
    """
    seen = CorrectionsSeen.objects.filter(enrolment=OuterRef(OuterRef("pk"))).order_by().values("newest")
    completed = Completion.objects.filter(
        enrolment=OuterRef(OuterRef("pk")), activity=OuterRef("item__activity"), recorded_at__lt=OuterRef("at")
    )
    errata = Erratum.objects.filter(
        Q(item__edition=OuterRef("edition")) | Q(is_safety=True),
        Exists(completed.order_by()),
        pk__gt=Coalesce(Subquery(seen), 0, output_field=BigIntegerField()),
    )
    return Subquery(errata.order_by("-pk").values("pk")[:1])


@dataclass(frozen=True)
class Glance:
    """As much of a journey as a home page shows."""

    next: OutlineItem | None
    module: OutlineItem | None
    reading: int | None
    lessons: int
    lessons_done: int


def glance_at(enrolment: Enrolment) -> Glance:
    """Of a trainee's own enrolment with its facts. No query once the outline is known."""
    outline, reading = edition_outline(enrolment.edition), enrolment.reading
    states = _states(enrolment, outline, reading)
    following = next_item(outline, states, reading=reading)
    done = [states[item.id].is_done for item in outline.items if item.kind == ActivityKind.LESSON]
    module = outline.module_of(following) if following else None
    return Glance(following, module, reading, lessons=len(done), lessons_done=sum(done))
