"""A trainee's way through her edition, with a fixed number of queries however long it is."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery
from django.http import Http404

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Edition, EditionItem
from courses.curriculum.queries import (
    Outline,
    OutlineItem,
    edition_outline,
    frozen_item,
    html_of_item,
)
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import is_adjusted
from courses.learning.models import Completion, ReadingPosition
from courses.learning.registry import progress_elsewhere
from courses.learning.rules import ItemProgress, lock_reason, next_item, progress
from courses.standards.marks import newest_of
from lms.accounts.models import User
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
        html=html_of_item(OuterRef("edition"), slug),
        newest_completion=newest_of(Completion, enrolment="enrolment"),
        is_adjusted=is_adjusted(),
    )


_own_enrolment = PreparedQuery(_own, person=BigIntegerField(), pk=BigIntegerField(), slug=CharField())
_completed = PreparedQuery(
    lambda enrolment: Completion.objects.filter(enrolment=enrolment).order_by().values_list("activity_id", flat=True),
    enrolment=BigIntegerField(),
)


def learners_enrolment(user: User, pk: int, *, slug: str = "") -> Enrolment:
    """Her own enrolment with where she was reading, `newest_completion`, and `html`: what the item named `slug` says now.
    Raises `Http404` for everybody else: staff read at the desk."""
    found = _own_enrolment(person=user.pk, pk=pk, slug=slug)
    if not found:
        raise Http404
    found[0].person = user
    return found[0]


def completed_activities(enrolment: Enrolment) -> set[int]:
    return set(_completed(enrolment=enrolment.pk))


def journey_of(enrolment: Enrolment) -> Journey:
    """Of an enrolment as `learners_enrolment` gives it. One query for the completions, when something was completed since
    this process was asked last; one for each kind that other rooms keep."""
    outline = edition_outline(enrolment.edition)
    reading = _reading(enrolment)
    states = progress(
        outline,
        completed=_completed_until(enrolment.pk, enrolment.newest_completion),
        elsewhere=progress_elsewhere(enrolment),
        reading=reading,
    )
    return Journey(enrolment, outline, states, reading)


def _reading(enrolment: Enrolment) -> int | None:
    position = getattr(enrolment, "reading_position", None)
    return position.activity_id if position else None


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
    """What learning wants along with a trainee's own enrolments: `reading`, the activity at which she was last, and
    `newest_completion`."""
    positions = ReadingPosition.objects.filter(enrolment=OuterRef("pk")).order_by()
    return {
        "reading": Subquery(positions.values("activity")),
        "newest_completion": newest_of(Completion, enrolment="enrolment"),
    }


@dataclass(frozen=True)
class Glance:
    """As much of a journey as a home page shows."""

    next: OutlineItem | None
    module: OutlineItem | None
    reading: int | None
    lessons: int
    lessons_done: int


def glance_at(enrolment: Enrolment) -> Glance:
    """Of a trainee's own enrolment with its facts. One query, when something was completed since this process was asked
    last."""
    return _glance(enrolment.edition, enrolment.pk, enrolment.newest_completion, enrolment.reading)


@remember(seconds=600, most=2000)
def _glance(edition: Edition, enrolment: int, newest: int | None, reading: int | None) -> Glance:
    outline = edition_outline(edition)
    states = progress(outline, completed=_completed_until(enrolment, newest), elsewhere={}, reading=reading)
    following = next_item(outline, states, reading=reading)
    done = [states[item.id].is_done for item in outline.items if item.kind == ActivityKind.LESSON]
    module = outline.module_of(following) if following else None
    return Glance(following, module, reading, lessons=len(done), lessons_done=sum(done))


@remember(seconds=600, most=2000)
def _completed_until(enrolment: int, newest: int | None) -> frozenset[int]:
    """What was completed when that completion was the newest. They are only ever added, so this never changes."""
    return frozenset(_completed(enrolment=enrolment)) if newest else frozenset()
