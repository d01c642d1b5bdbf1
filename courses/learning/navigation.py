"""What learning adds to the navigation and to the work list of the home page."""

from collections.abc import Iterator

from django.urls import reverse

from courses.curriculum.enums import ActivityKind
from courses.enrolment.queries import is_trainee
from courses.learning.queries import Journey, journeys_of
from courses.learning.registry import view_of
from courses.learning.rules import can_complete
from lms.web.navigation import NavItem
from lms.web.worklist import WorkItem


def entries(request) -> Iterator[NavItem]:
    if is_trainee(request.user):
        yield NavItem("Learn", reverse("learn"), 20)


def work(user) -> Iterator[WorkItem]:
    """The lesson to go on with, in every program that she is active in."""
    for journey in journeys_of(user):
        if can_complete(journey.enrolment):
            yield _next_of(journey)


def _next_of(journey: Journey) -> WorkItem:
    next_item = journey.next
    if next_item is None or view_of(next_item.kind) is None or next_item.kind != ActivityKind.LESSON:
        return _look_at_outline(journey)
    is_begun = next_item.activity_id == journey.reading
    module = journey.outline.module_of(next_item)
    return WorkItem(
        title=f"{module.title}: {next_item.title}",
        url=reverse("learn_item", args=[journey.enrolment.pk, next_item.slug]),
        detail=f"{journey.lessons_done} of {journey.lessons} lessons done.",
        action="Go on reading" if is_begun else "Read this lesson",
        tone="next",
        order=50,
    )


def _look_at_outline(journey: Journey) -> WorkItem:
    return WorkItem(
        title=f"Your lessons in {journey.enrolment.program}",
        url=reverse("learn_outline", args=[journey.enrolment.pk]),
        detail=f"{journey.lessons_done} of {journey.lessons} lessons done.",
        action="Open the outline",
        tone="info",
    )
