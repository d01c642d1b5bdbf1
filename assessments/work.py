"""What quizzes and assignments put on a person's work list."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.timesince import timesince

from assessments.assignments.queries import waiting_for
from assessments.marking.queries import attempts_to_mark
from assessments.queries import READERS, open_attempts_of
from assessments.requests.queries import waiting_for as requests_for
from lms.accounts.queries import roles_of
from lms.web.worklist import Asker, WorkItem


def open_quizzes(asker: Asker) -> Iterator[WorkItem]:
    """One query for whoever has one. A quiz that runs against the clock comes before everything else."""
    for attempt, title, deadline in open_attempts_of(asker.user) if asker.facts["has_open_quiz"] else ():
        yield WorkItem(
            title=f"Continue {title}",
            url=reverse("quiz_attempt", args=[attempt]),
            detail=_until(deadline),
            action="Continue",
            tone="next",
            order=10,
        )


def _until(deadline: datetime | None) -> str:
    if deadline is None:
        return "What you saved is there."
    return f"Finish it by {format_date(timezone.localtime(deadline), 'j M Y, H:i')}. What you saved is there."


def waiting_assignments(asker: Asker) -> Iterator[WorkItem]:
    """For those who read them; one query, and none while nothing waits in the whole institute."""
    if not asker.facts["assignments_wait_since"] or not roles_of(asker.user) & set(READERS):
        return
    if count := waiting_for(asker.user).count():
        yield WorkItem(
            title="1 assignment waits for you" if count == 1 else f"{count} assignments wait for you",
            url=reverse("desk_assignments"),
            detail="Accept it, or return it with a reason." if count == 1 else "The oldest comes first.",
            action="Read",
            tone="waiting",
            order=30,
        )


def waiting_marks(asker: Asker) -> Iterator[WorkItem]:
    """For those who mark; one query, and none while nothing waits in the whole institute."""
    if not asker.facts["waits_for_marks_since"] or not roles_of(asker.user) & set(READERS):
        return
    if count := attempts_to_mark(asker.user).count():
        yield WorkItem(
            title="1 quiz waits to be marked" if count == 1 else f"{count} quizzes wait to be marked",
            url=reverse("desk_marking"),
            detail="Until then it has no result."
            if count == 1
            else "Until then they have no result. The oldest comes first.",
            action="Mark",
            tone="waiting",
            order=31,
        )


def waiting_requests(asker: Asker) -> Iterator[WorkItem]:
    """For those who decide; one query, and none while nothing waits in the whole institute."""
    if not asker.facts["has_waiting_requests"] or not roles_of(asker.user) & set(READERS):
        return
    waiting = requests_for(asker.user).order_by().aggregate(count=Count("pk"), since=Min("asked_at"))
    if count := waiting["count"]:
        yield WorkItem(
            title="1 person asks for another attempt" if count == 1 else f"{count} people ask for another attempt",
            url=reverse("desk_requests"),
            detail=f"{'It' if count == 1 else 'The oldest'} has waited for {timesince(waiting['since'], depth=1)}.",
            action="Decide",
            tone="waiting",
            order=32,
        )
