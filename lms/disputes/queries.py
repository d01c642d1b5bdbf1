from django.db import models
from django.db.models import Exists, OuterRef, Q

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, is_director, people_with_role, without_barred
from lms.disputes.enums import UNDECIDED
from lms.disputes.models import Dispute
from lms.web.worklist import Asker, WorkItem


def disputes_for(user) -> models.QuerySet[Dispute]:
    """What a person may read: her own, those she answers; directors read all but the ones about themselves.

    Nobody reads a dispute of somebody from whom a barrier keeps her apart.
    """
    rows = without_barred(Dispute.objects.select_related("raised_by", "owner"), user, person="raised_by")
    if is_director(user):
        return rows.exclude(against=user)
    return rows.filter(Q(raised_by=user) | Q(owner=user))


def disputes_to_answer(user) -> models.QuerySet[Dispute]:
    return disputes_for(user).filter(state__in=UNDECIDED).exclude(raised_by=user)


def undecided_dispute_about(evidence: models.Model) -> Dispute | None:
    return Dispute.objects.filter(
        evidence_type=evidence._meta.label_lower, evidence_id=str(evidence.pk), state__in=UNDECIDED
    ).first()


def can_decide(user, dispute: Dispute) -> bool:
    """Its owner or a director, never somebody who is a part of it or whom a barrier keeps from who raised it."""
    if user.pk in (dispute.raised_by_id, dispute.against_id) or has_barrier(user, dispute.raised_by_id):
        return False
    return user.pk == dispute.owner_id or is_director(user)


def directors_who_can_decide(dispute: Dispute) -> list[User]:
    """The directors who are no part of a dispute."""
    return [person for person in people_with_role(Role.DIRECTOR) if can_decide(person, dispute)]


def owns_undecided() -> Exists:
    """Whether a person (`OuterRef("pk")`) owns a dispute that is not decided; directors may answer those of others too."""
    return Exists(Dispute.objects.filter(owner=OuterRef("pk"), state__in=UNDECIDED).order_by())


def work_for_answerer(asker: Asker) -> list[WorkItem]:
    """The disputes that wait for this person's answer, as one line of the work list."""
    may_answer = asker.facts["owns_undecided"] or is_director(asker.user)
    waiting = disputes_to_answer(asker.user).count() if may_answer else 0
    if not waiting:
        return []
    noun = "dispute waits" if waiting == 1 else "disputes wait"
    return [WorkItem(f"{waiting} {noun} for your answer", "/disputes/", action="Open the disputes", tone="due")]
