"""What supervised practice asks of a person, for the work list of the home page."""

from django.db.models import Count
from django.urls import reverse

from lms.accounts.enums import Role
from lms.accounts.queries import roles_of
from lms.web.worklist import WorkItem
from supervision.enums import LogState
from supervision.models import PracticeLog
from supervision.queries.practice import for_list, logs_to_review, own_logs, reasons_of

RETURNED_SHOWN = 3


def work_for_supervisor(user) -> list[WorkItem]:
    if Role.SUPERVISOR not in roles_of(user):
        return []
    waiting = logs_to_review(user).count()
    if not waiting:
        return []
    words = "1 entry waits" if waiting == 1 else f"{waiting} entries wait"
    return [WorkItem(f"{words} for your review", reverse("review_queue"), action="Open the queue", tone="next")]


def work_for_trainee(user) -> list[WorkItem]:
    """Returned entries with their reason, and drafts that were never sent. At most three queries."""
    counts = dict(
        PracticeLog.objects.filter(enrolment__person=user, state__in=[LogState.DRAFT, LogState.RETURNED])
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by("state")
    )
    items = _returned(user) if counts.get(LogState.RETURNED) else []
    if drafts := counts.get(LogState.DRAFT):
        words = "1 practice entry is" if drafts == 1 else f"{drafts} practice entries are"
        items.append(WorkItem(f"{words} not sent yet", reverse("practice_list"), action="Open your log", tone="info"))
    return items


def _returned(user) -> list[WorkItem]:
    logs = list(for_list(own_logs(user)).filter(state=LogState.RETURNED).order_by("decided_at", "id")[:RETURNED_SHOWN])
    reasons = reasons_of(logs)
    return [
        WorkItem(
            f"Returned by your supervisor: {reasons.get(log.pk, '')}",
            reverse("practice_detail", args=[log.pk]),
            detail=f"Visit of {log.on.day} {log.on:%b %Y}",
            action="Put it right",
            tone="due",
        )
        for log in logs
    ]
