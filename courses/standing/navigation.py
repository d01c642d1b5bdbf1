"""The trainee's entry to her standing, the line on her home page, and how far each person of a cohort is."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import is_trainee, own_enrolments_with_facts
from courses.standing.engine import standings_for
from courses.standing.shown import shown_line
from lms.web.navigation import NavItem
from lms.web.worklist import STANDING, Asker, WorkItem


def standing_items(request) -> list[NavItem]:
    return [NavItem("Standing", "standing_index", 30)] if is_trainee(request.user) else []


def standing_work(asker: Asker) -> Iterable[WorkItem]:
    """How far each of her open enrolments is, with a line for every requirement."""
    for enrolment in asker.once(own_enrolments_with_facts) if is_trainee(asker.user) else ():
        if enrolment.state in OPEN_STATES:
            yield _how_far(enrolment)


def _how_far(enrolment: Enrolment) -> WorkItem:
    found = shown_line(enrolment)
    return WorkItem(
        title=f"Your standing: {found.done} of {found.total} requirements met",
        url=reverse("standing", args=[enrolment.pk]),
        detail=f"{found.title}, version {found.number}",
        action="Open your standing",
        tone=STANDING,
        lines=found.requirements,
    )


def progress_texts(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    return {pk: f"{found.done} of {found.total} requirements" for pk, found in standings_for(enrolments).items()}
