"""What quizzes put on a person's work list."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from assessments.queries import open_attempts_of
from lms.web.worklist import WorkItem


def open_quizzes(user) -> Iterator[WorkItem]:
    """One query. A quiz that runs against the clock comes before everything else."""
    for attempt in open_attempts_of(user):
        yield WorkItem(
            title=f"Continue {attempt.item.title}",
            url=reverse("quiz_attempt", args=[attempt.pk]),
            detail=_until(attempt),
            action="Continue",
            tone="next",
            order=10,
        )


def _until(attempt) -> str:
    if attempt.deadline is None:
        return "What you saved is there."
    return f"Finish it by {format_date(timezone.localtime(attempt.deadline), 'j M Y, H:i')}. What you saved is there."
