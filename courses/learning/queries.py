"""A trainee's way through her edition, with a fixed number of queries however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, CharField, OuterRef, QuerySet, Subquery
from django.http import Http404

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import (
    Outline,
    OutlineItem,
    edition_outline,
    frozen_item,
    html_of_body,
    newest_correction,
)
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import is_adjusted
from courses.enrolment.rules import can_read_edition
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
    return own.annotate(corrected_body=newest_correction(OuterRef("edition"), slug), is_adjusted=is_adjusted())


_own_enrolment = PreparedQuery(_own, person=BigIntegerField(), pk=BigIntegerField(), slug=CharField())
_completed = PreparedQuery(
    lambda enrolment: Completion.objects.filter(enrolment=enrolment).order_by().values_list("activity_id", flat=True),
    enrolment=BigIntegerField(),
)


def learners_enrolment(user: User, pk: int, *, slug: str = "") -> Enrolment:
    """Her own enrolment with where she was reading, and with `corrected_body`: the id of the newest correction of the
    item named `slug`, if it has one. Raises `Http404` for everybody else: staff read at the desk."""
    found = _own_enrolment(person=user.pk, pk=pk, slug=slug)
    if not found:
        raise Http404
    found[0].person = user
    return found[0]


def completed_activities(enrolment: Enrolment) -> set[int]:
    return set(_completed(enrolment=enrolment.pk))


def journey_of(enrolment: Enrolment) -> Journey:
    """One query for the completions, one for each kind that other rooms keep."""
    outline = edition_outline(enrolment.edition)
    reading = _reading(enrolment)
    states = progress(
        outline, completed=completed_activities(enrolment), elsewhere=progress_elsewhere(enrolment), reading=reading
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


def html_for(enrolment: Enrolment, item: EditionItem) -> str:
    """What the item says now: its newest correction (as `learners_enrolment` found it for this item), or its body."""
    return html_of_body(enrolment.corrected_body or item.body_id)


def why_locked(enrolment: Enrolment, item: EditionItem) -> str:
    """Why a trainee may not begin an item yet, or "". For rooms whose items stand in the outline, such as quizzes."""
    outline = edition_outline(enrolment.edition)
    line = outline.by_slug(item.slug)
    if line is None:
        raise Http404
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


@remember(seconds=600, most=2000)
def _completed_until(enrolment: int, newest: int | None) -> frozenset[int]:
    """What was completed when that completion was the newest. They are only ever added, so this never changes."""
    return frozenset(_completed(enrolment=enrolment)) if newest else frozenset()


def journeys_of(enrolments: Sequence[Enrolment]) -> list[Journey]:
    """Those of a trainee's own enrolments, given with their facts, in which she may read now. A query for each in which
    something was completed since this process was asked last."""
    journeys = []
    for enrolment in filter(can_read_edition, enrolments):
        outline = edition_outline(enrolment.edition)
        completed = _completed_until(enrolment.pk, enrolment.newest_completion)
        states = progress(outline, completed=completed, elsewhere={}, reading=enrolment.reading)
        journeys.append(Journey(enrolment, outline, states, enrolment.reading))
    return journeys
