"""Disputes about returned entries: one for each return, and what may follow when it is upheld."""

from django.urls import reverse

from lms.accounts.models import User
from lms.disputes.enums import DisputeState
from lms.disputes.models import Dispute
from lms.disputes.registry import Subject
from lms.web.templatetags.ui import day, minutes
from supervision.enums import LogState
from supervision.models import PracticeLog
from supervision.queries.placement import can_supervise, categories_of, supervisors_for
from supervision.queries.practice import full_logs, label_of, logs_for_user, reasons_of

SAME = "same"


def dispute_of_return(log: PracticeLog) -> Dispute | None:
    """The dispute about the return that stands now; one that was withdrawn is as if it had never been."""
    rows = Dispute.objects.filter(evidence_type=log._meta.label_lower, evidence_id=str(log.pk))
    if log.decided_at:
        rows = rows.filter(raised_at__gte=log.decided_at)
    return rows.exclude(state=DisputeState.WITHDRAWN).order_by("-id").first()


def log_of_dispute(dispute: Dispute) -> PracticeLog:
    return full_logs().select_related("enrolment__cohort").get(pk=dispute.evidence_id)


def show_dispute(user: User, dispute: Dispute) -> Subject:
    """The entry with the reason of its return, for everybody who reads the dispute."""
    log = log_of_dispute(dispute)
    facts = [
        ("Category", label_of(log.category_key, categories_of(log.enrolment))),
        ("Role", log.get_role_display()),
        ("Length", minutes(log.minutes)),
        ("Supervisor", str(log.placement.supervisor)),
        ("Returned because", reasons_of([log]).get(log.pk, "")),
        ("The entry now", log.get_state_display()),
    ]
    can_open = logs_for_user(user).filter(pk=log.pk).exists()
    return Subject(
        title=f"Visit of {day(log.on)}",
        url=reverse("practice_detail", args=[log.pk]) if can_open else "",
        facts=[{"label": label, "value": value} for label, value in facts if value],
    )


def other_reviewers(log: PracticeLog) -> list[User]:
    """Supervisors who could review it instead: not the one who returned it, nobody behind a barrier."""
    others = supervisors_for(log.enrolment).exclude(
        pk__in=[
            pk for pk in (log.reviewing_id, log.placement.supervisor.person_id, log.placement.decider.person_id) if pk
        ]
    )
    return [person for person in others if can_supervise(person, log.enrolment)]


def choices_of_dispute(dispute: Dispute) -> list[tuple[str, str]]:
    log = log_of_dispute(dispute)
    if log.state != LogState.RETURNED:
        return []
    again = f"The trainee sends it again, and {log.placement.decider} reviews it in the light of the answer"
    others = [(str(person.pk), f"{person} reviews it now, as it is") for person in other_reviewers(log)]
    return [*others, (SAME, again)]
