"""The trainee's entry to her standing, the line on her home page, and how far each person of a cohort is."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import is_trainee, own_enrolments
from courses.standing.engine import standings_for
from lms.accounts.models import User
from lms.web.navigation import NavItem
from lms.web.worklist import WorkItem


def standing_items(request) -> list[NavItem]:
    return [NavItem("Standing", reverse("standing_index"), 30)] if is_trainee(request.user) else []


def standing_work(user: User) -> Iterable[WorkItem]:
    """How far each of her open enrolments is."""
    enrolments = list(own_enrolments(user).filter(state__in=OPEN_STATES)) if is_trainee(user) else []
    standings = standings_for(enrolments)
    for enrolment in enrolments:
        found = standings[enrolment.pk]
        yield WorkItem(
            title=f"Your standing: {found.done} of {found.total} requirements met",
            url=reverse("standing", args=[enrolment.pk]),
            detail=f"{found.standard_title}, version {found.standard_number}",
            action="Open your standing",
        )


def progress_texts(enrolments: Sequence[Enrolment]) -> dict[int, str]:
    return {pk: f"{found.done} of {found.total} requirements" for pk, found in standings_for(enrolments).items()}
