"""A trainee's way through her edition, with a fixed number of queries however long it is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Edition, EditionItem
from courses.curriculum.queries import (
    Outline,
    OutlineItem,
    edition_outline,
    frozen_item,
    html_of_item,
    last_correction,
    newest_erratum,
    texts_of_edition,
)
from courses.enrolment.models import Cohort, Enrolment
from courses.enrolment.queries import is_adjusted
from courses.learning.models import Completion, ReadingPosition
from courses.learning.registry import progress_elsewhere
from courses.learning.rules import ItemProgress, lock_reason, next_item, progress
from lms.accounts.models import User
from lms.web.aggregates import JoinedIds, ids_in
from lms.web.finding import Found, Text, find, text_of, words_of
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery


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
        completed=completed_lessons(),
        is_adjusted=is_adjusted(),
    )


def _facts_of_item(edition, slug) -> dict[str, Subquery]:
    """What is fetched of an item whoever reads it."""
    return {"html": html_of_item(edition, slug), "corrected": newest_erratum(edition, slug)}


_own_enrolment = PreparedQuery(_own, person=BigIntegerField(), pk=BigIntegerField(), slug=CharField())


def completed_lessons() -> Subquery:
    """The ids of the activities completed in an enrolment (`OuterRef("pk")`), in one text."""
    completed = Completion.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return Subquery(completed.annotate(ids=JoinedIds("activity")).values("ids"))


def learners_enrolment(user: User, pk: int, *, slug: str = "") -> Enrolment:
    """Her own enrolment with where she was reading, what she has `completed`, and of the item named `slug` its `html` now
    and the id of the erratum that `corrected` it last. Raises `Http404` for everybody else: staff read at the desk."""
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
    """Of an enrolment as `learners_enrolment` gives it. One query for each kind whose progress other rooms keep."""
    outline = edition_outline(enrolment.edition)
    reading = _reading(enrolment)
    states = progress(
        outline,
        completed=ids_in(enrolment.completed),
        elsewhere=progress_elsewhere(enrolment),
        reading=reading,
    )
    return Journey(enrolment, outline, states, reading)


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
    if not line.after and not outline.module_of(line).after:
        return ""
    elsewhere = {activity for activity, state in progress_elsewhere(enrolment).items() if state == "done"}
    return lock_reason(outline, line, completed_activities(enrolment) | elsewhere)


def enrolment_facts() -> dict[str, Subquery]:
    """What learning wants along with a trainee's own enrolments: `reading`, the activity at which she was last, and what
    she has `completed`."""
    positions = ReadingPosition.objects.filter(enrolment=OuterRef("pk")).order_by()
    return {"reading": Subquery(positions.values("activity")), "completed": completed_lessons()}


@dataclass(frozen=True)
class Glance:
    """As much of a journey as a home page shows."""

    next: OutlineItem | None
    module: OutlineItem | None
    reading: int | None
    lessons: int
    lessons_done: int


def glance_at(enrolment: Enrolment) -> Glance:
    """Of a trainee's own enrolment with its facts."""
    outline, reading = edition_outline(enrolment.edition), enrolment.reading
    states = progress(outline, completed=ids_in(enrolment.completed), elsewhere={}, reading=reading)
    following = next_item(outline, states, reading=reading)
    done = [states[item.id].is_done for item in outline.items if item.kind == ActivityKind.LESSON]
    module = outline.module_of(following) if following else None
    return Glance(following, module, reading, lessons=len(done), lessons_done=sum(done))
