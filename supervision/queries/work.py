"""What supervised practice asks of a person, for the work list of the home page."""

from django.db.models import Count
from django.urls import reverse

from courses.enrolment.queries import is_trainee
from lms.accounts.enums import Role
from lms.accounts.queries import roles_of
from lms.web.templatetags.ui import minutes
from lms.web.worklist import WorkItem
from supervision.enums import LogState, PriorState
from supervision.models import PracticeLog
from supervision.queries.practice import for_list, logs_to_review, own_logs, reasons_of
from supervision.queries.prior import for_prior_list, own_prior, prior_reasons, prior_to_decide

RETURNED_SHOWN = 3


def work_for_supervisor(user) -> list[WorkItem]:
    if Role.SUPERVISOR not in roles_of(user):
        return []
    waiting = logs_to_review(user).count()
    if not waiting:
        return []
    words = "1 entry waits" if waiting == 1 else f"{waiting} entries wait"
    return [WorkItem(f"{words} for your review", reverse("review_queue"), action="Open the queue", tone="next")]


def work_for_director(user) -> list[WorkItem]:
    """The prior hours that wait for this director's decision, as one line."""
    if Role.DIRECTOR not in roles_of(user):
        return []
    waiting = prior_to_decide(user).count()
    if not waiting:
        return []
    words = "1 record of prior hours waits" if waiting == 1 else f"{waiting} records of prior hours wait"
    return [WorkItem(f"{words} for your decision", reverse("desk_prior"), action="Open the queue", tone="due")]


def work_for_trainee(user) -> list[WorkItem]:
    """Returned entries with their reason, drafts that were never sent, returned prior hours. At most five queries."""
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
    return items + (_returned_prior(user) if is_trainee(user) else [])


def _returned_prior(user) -> list[WorkItem]:
    rows = list(for_prior_list(own_prior(user)).filter(state=PriorState.RETURNED).order_by("id")[:RETURNED_SHOWN])
    reasons = prior_reasons(rows)
    return [
        WorkItem(
            f"Prior hours returned by a director: {reasons.get(row.pk, '')}",
            reverse("prior_detail", args=[row.pk]),
            detail=f"{row.institution}, {minutes(row.minutes)}",
            action="Put them right",
            tone="due",
        )
        for row in rows
    ]


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
