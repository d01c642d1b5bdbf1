"""What supervised practice asks of a person, for the work list of the home page."""

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from lms.accounts.enums import Role
from lms.accounts.queries import roles_of
from lms.web.prepared import PreparedQuery
from lms.web.templatetags.ui import day, minutes
from lms.web.worklist import Asker, WorkItem
from supervision.enums import LieuState, LogState, PriorState, SitePaperState
from supervision.models import (
    AdverseAlert,
    Attestation,
    LapseCase,
    LogMove,
    PaceFlag,
    PracticeLog,
    PriorHours,
    SitePaper,
)
from supervision.queries.adverse import waiting_for
from supervision.queries.lapse import undecided_cases
from supervision.queries.lieu import attestations_for
from supervision.queries.pace import paces_for
from supervision.queries.practice import logs_to_review
from supervision.queries.prior import for_prior_list, own_prior, prior_reasons, prior_to_decide
from supervision.queries.shared import shares_for
from supervision.queries.site import papers_for_desk, papers_to_decide, running_out

RETURNED_SHOWN = 3


def draft_logs() -> Coalesce:
    """How many entries a person (`OuterRef("pk")`) has not sent yet."""
    counted = _logs_in(LogState.DRAFT).values("enrolment__person").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def has_returned_logs() -> Exists:
    return Exists(_logs_in(LogState.RETURNED))


def has_returned_prior() -> Exists:
    returned = PriorHours.objects.filter(enrolment__person=OuterRef("pk"), state=PriorState.RETURNED)
    return Exists(returned.order_by())


def _logs_in(state: LogState) -> QuerySet[PracticeLog]:
    return PracticeLog.objects.filter(enrolment__person=OuterRef("pk"), state=state).order_by()


def work_for_supervisor(asker: Asker) -> list[WorkItem]:
    user = asker.user
    if Role.SUPERVISOR not in roles_of(user):
        return []
    waiting = logs_to_review(user).count()
    if not waiting:
        return []
    words = "1 entry waits" if waiting == 1 else f"{waiting} entries wait"
    return [WorkItem(f"{words} for your review", reverse("review_queue"), action="Open the queue", tone="next")]


def work_for_director(asker: Asker) -> list[WorkItem]:
    """The prior hours that wait for this director's decision, and approvals at an unusual pace, as one line each."""
    user = asker.user
    if Role.DIRECTOR not in roles_of(user):
        return []
    items = []
    if waiting := prior_to_decide(user).count():
        words = "1 record of prior hours waits" if waiting == 1 else f"{waiting} records of prior hours wait"
        items.append(WorkItem(f"{words} for your decision", reverse("desk_prior"), action="Open the queue", tone="due"))
    if asker.facts.get("pace_flags") and paces_for(user).filter(seen_at=None).exists():
        words = "Entries were approved at an unusual pace"
        items.append(WorkItem(words, reverse("desk_pace"), action="Look at it", tone="info"))
    if asker.facts.get("lapse_cases") and (waiting := undecided_cases(user).count()):
        words = "Hours of 1 trainee are" if waiting == 1 else f"Hours of {waiting} trainees are"
        items.append(
            WorkItem(f"{words} under review after a lapse", reverse("desk_lapses"), action="Decide", tone="due")
        )
    if asker.facts.get("site_papers"):
        items += _site_papers(user)
    return items


def _site_papers(user) -> list[WorkItem]:
    """Papers of sites that wait for this director, and those that run out."""
    items, url = [], reverse("desk_sites")
    if waiting := papers_to_decide(user).count():
        words = "1 paper of a site waits" if waiting == 1 else f"{waiting} papers of sites wait"
        items.append(WorkItem(f"{words} for your decision", url, action="Open the sites", tone="due"))
    if ending := running_out(papers_for_desk(user)).count():
        words = "1 paper of a site runs out" if ending == 1 else f"{ending} papers of sites run out"
        items.append(WorkItem(f"{words} or has run out", url, action="Open the sites", tone="due"))
    return items


def has_site_papers() -> Exists:
    """Whether any paper of a site waits, or was warned of: no day stands in it, for the question is asked for weeks."""
    waits_or_ends = Q(state=SitePaperState.SUBMITTED) | Q(state=SitePaperState.APPROVED, warned_at__isnull=False)
    return Exists(SitePaper.objects.filter(waits_or_ends).order_by())


def has_lapse_cases() -> Exists:
    """Whether any hours under review wait for a decision: of most days, none do."""
    return Exists(LapseCase.objects.filter(decision="").order_by())


def work_for_second(asker: Asker) -> list[WorkItem]:
    """Attestations in lieu of a supervisor that wait for this person as the second. No query on most days."""
    if not asker.facts.get("attestations") or not {Role.DIRECTOR, Role.FACULTY} & set(roles_of(asker.user)):
        return []
    waiting = attestations_for(asker.user)[:RETURNED_SHOWN]
    return [
        WorkItem(
            f"An entry of {one.trainee} waits for a second signature, in lieu of a supervisor",
            reverse("practice_lieu", args=[one.log_id]),
            detail=f"Visit of {day(one.log.on)}",
            action="Read it",
            tone="due",
        )
        for one in waiting
    ]


def has_attestations() -> Exists:
    return Exists(Attestation.objects.filter(state=LieuState.PROPOSED).order_by())


def has_pace_flags() -> Exists:
    """Whether anybody's pace waits to be looked at: of most days, none does."""
    return Exists(PaceFlag.objects.filter(seen_at=None).order_by())


def has_adverse_alerts() -> Exists:
    """Whether any report of an adverse event waits for somebody's acknowledgement: of most days, none does."""
    return Exists(AdverseAlert.objects.filter(acknowledged_at=None).order_by())


def work_for_responder(asker: Asker) -> list[WorkItem]:
    """What this person has to acknowledge, in neutral words. No query on a day without an open report."""
    if not asker.facts.get("adverse_alerts") or not roles_of(asker.user):
        return []
    waiting = waiting_for(asker.user).count()
    if not waiting:
        return []
    words = "1 entry waits" if waiting == 1 else f"{waiting} entries wait"
    return [WorkItem(f"{words} for your acknowledgement", reverse("desk_adverse"), action="Open it", tone="next")]


def work_for_trainee(asker: Asker) -> list[WorkItem]:
    """Returned entries with their reason, drafts that were never sent, returned prior hours. At most four queries."""
    facts = asker.facts
    items = _returned(asker.user) if facts["has_returned_logs"] else []
    if drafts := facts["draft_logs"]:
        words = "1 practice entry is" if drafts == 1 else f"{drafts} practice entries are"
        items.append(WorkItem(f"{words} not sent yet", reverse("practice_list"), action="Open your log", tone="info"))
    if facts["has_shares"]:
        items += [
            WorkItem(share.words, reverse("practice_shared", args=[share.pk]), action="Confirm your share", tone="due")
            for share in shares_for(asker.user)[:RETURNED_SHOWN]
        ]
    return items + (_returned_prior(asker.user) if facts["has_returned_prior"] else [])


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


def _returned_with_reason(person) -> QuerySet:
    """Her returned entries with the reason, the first returned first."""
    returns = LogMove.objects.filter(log=OuterRef("pk"), new=LogState.RETURNED).order_by("-id")
    logs = PracticeLog.objects.filter(enrolment__person=person, state=LogState.RETURNED)
    logs = logs.annotate(why=Subquery(returns.values("reason")[:1])).order_by("decided_at", "id")
    return logs.values_list("pk", "on", "why")


_returned_logs = PreparedQuery(_returned_with_reason, person=BigIntegerField())


def _returned(user) -> list[WorkItem]:
    return [
        WorkItem(
            f"Returned to you: {why}",
            reverse("practice_detail", args=[pk]),
            detail=f"Visit of {on.day} {on:%b %Y}",
            action="Put it right",
            tone="due",
        )
        for pk, on, why in _returned_logs(person=user.pk)[:RETURNED_SHOWN]
    ]
