"""What learning adds to the navigation and to the work list of the home page."""

from collections.abc import Iterator

from django.urls import reverse

from courses.curriculum.enums import ActivityKind
from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import Situation, is_trainee, own_enrolments_with_facts, situations_of
from courses.enrolment.rules import can_read_edition, title_of_state, words_of_closed
from courses.learning.queries import Glance, glance_at
from courses.learning.rules import can_complete
from lms.web.navigation import NavItem
from lms.web.worklist import Asker, WorkItem


def entries(request) -> Iterator[NavItem]:
    if is_trainee(request.user):
        yield NavItem("Learn", "learn", 20)


def work(asker: Asker) -> Iterator[WorkItem]:
    """The lesson to go on with, in every program that she is active in."""
    for enrolment in _own(asker):
        if can_complete(enrolment):
            yield _next_of(enrolment, glance_at(enrolment))


def enrolments(asker: Asker) -> Iterator[WorkItem]:
    """How each enrolment of this person stands and until when she has time; one that was begun anew is not named."""
    own = _own(asker)
    begun_anew = {enrolment.program_id for enrolment in own if enrolment.state in OPEN_STATES}
    situations = situations_of(own)
    for enrolment in own:
        situation = situations[enrolment.pk]
        if enrolment.state in OPEN_STATES or enrolment.program_id not in begun_anew:
            yield from _standing_of(enrolment, situation)
        if enrolment.unseen_move:
            yield _look_at_changes(enrolment)


def _own(asker: Asker) -> list[Enrolment]:
    return asker.once(own_enrolments_with_facts) if is_trainee(asker.user) else []


def _standing_of(enrolment: Enrolment, situation: Situation) -> Iterator[WorkItem]:
    url = reverse("learn_outline", args=[enrolment.pk])
    if not can_read_edition(enrolment):
        words = words_of_closed(situation.state, situation.since, situation.finish_by)
        tone = "waiting" if enrolment.state in OPEN_STATES else "info"
        title = f"{title_of_state(situation.state)}: {situation.program}"
        yield WorkItem(title, url, detail=words, action="See what stays open", tone=tone, order=10)
    elif enrolment.state in OPEN_STATES and situation.finish_by:
        yield WorkItem(f"Finish {situation.program}", url, due=situation.finish_by, tone="info", order=10)


def _look_at_changes(enrolment: Enrolment) -> WorkItem:
    return WorkItem(
        title=f"{enrolment.program} follows edition {enrolment.edition.number} now",
        url=reverse("learn_changes", args=[enrolment.pk]),
        detail="What you have completed stays completed.",
        action="See what changed",
        tone="info",
        order=20,
    )


def _next_of(enrolment: Enrolment, seen: Glance) -> WorkItem:
    if seen.next is None or seen.next.kind != ActivityKind.LESSON:
        return _look_at_outline(enrolment, seen)
    is_begun = seen.next.activity_id == seen.reading
    return WorkItem(
        title=f"{seen.module.title}: {seen.next.title}",
        url=reverse("learn_item", args=[enrolment.pk, seen.next.slug]),
        detail=f"{seen.lessons_done} of {seen.lessons} lessons done.",
        action="Go on reading" if is_begun else "Read this lesson",
        tone="next",
        order=50,
    )


def _look_at_outline(enrolment: Enrolment, seen: Glance) -> WorkItem:
    return WorkItem(
        title=f"Your lessons in {enrolment.program}",
        url=reverse("learn_outline", args=[enrolment.pk]),
        detail=f"{seen.lessons_done} of {seen.lessons} lessons done.",
        action="Open the outline",
        tone="info",
    )
