"""A trainee's way through her edition, with a fixed number of queries however long it is."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import Outline, OutlineItem, edition_outline, items_with_html
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import own_enrolments
from courses.enrolment.rules import can_read_edition
from courses.learning.models import Completion
from courses.learning.registry import progress_elsewhere
from courses.learning.rules import ItemProgress, lock_reason, next_item, progress
from lms.accounts.models import User


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


def learners_enrolment(user: User, pk: int) -> Enrolment:
    """Her own enrolment with where she was reading. Raises `Http404` for everybody else: staff read at the desk."""
    return get_object_or_404(own_enrolments(user).select_related("reading_position"), pk=pk)


def completed_activities(enrolment: Enrolment) -> set[int]:
    return set(Completion.objects.filter(enrolment=enrolment).values_list("activity_id", flat=True))


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
    """The item of the enrolment's edition, with `html`: what it says now. Raises `Http404`."""
    items = items_with_html().filter(edition=enrolment.edition_id).select_related("activity")
    return get_object_or_404(items, slug=slug)


def why_locked(enrolment: Enrolment, item: EditionItem) -> str:
    """Why a trainee may not begin an item yet, or "". For rooms whose items stand in the outline, such as quizzes."""
    outline = edition_outline(enrolment.edition)
    line = outline.by_slug(item.slug)
    if line is None:
        raise Http404
    elsewhere = {activity for activity, state in progress_elsewhere(enrolment).items() if state == "done"}
    return lock_reason(outline, line, completed_activities(enrolment) | elsewhere)


def journeys_of(user: User) -> list[Journey]:
    """Every enrolment in which the person may read now: two queries, however many there are."""
    enrolments = [
        enrolment
        for enrolment in own_enrolments(user).select_related("reading_position")
        if can_read_edition(enrolment)
    ]
    done: dict[int, set[int]] = {enrolment.pk: set() for enrolment in enrolments}
    rows = Completion.objects.filter(enrolment__in=done).values_list("enrolment_id", "activity_id")
    for enrolment_id, activity_id in rows:
        done[enrolment_id].add(activity_id)
    journeys = []
    for enrolment in enrolments:
        outline, reading = edition_outline(enrolment.edition), _reading(enrolment)
        states = progress(outline, completed=done[enrolment.pk], elsewhere={}, reading=reading)
        journeys.append(Journey(enrolment, outline, states, reading))
    return journeys
