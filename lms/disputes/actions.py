"""Disputes, built once for every room: raised on a record, owned, timed, decided by somebody else."""

from collections.abc import Callable

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import User
from lms.accounts.queries import has_barrier
from lms.audit.actions import record
from lms.disputes.enums import ESCALATES_AFTER, MOVES, UNDECIDED, DisputeState
from lms.disputes.models import Dispute, DisputeMove
from lms.disputes.queries import can_decide, directors_who_can_decide
from lms.disputes.registry import apply_decision
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify


@transaction.atomic
def open_dispute(evidence: models.Model, *, by: User, text: str, against: User | None, owner: User | None) -> Dispute:
    """Dispute a record. Disputing the same record again gives the undecided dispute back.

    `owner` answers it; None, or somebody whom a barrier keeps from `by`, leaves it to the program directors.
    """
    if not text.strip():
        raise Refusal("Say in a few words what is wrong with the record.")
    if owner is not None and against is not None and owner.pk == against.pk:
        raise Refusal("A dispute is never answered by the person it is about.")
    if owner is not None and has_barrier(owner, by):
        owner = None
    dispute, created = Dispute.objects.get_or_create(
        evidence_type=evidence._meta.label_lower,
        evidence_id=str(evidence.pk),
        raised_by=by,
        state__in=UNDECIDED,
        defaults={
            "text": text,
            "against": against,
            "owner": owner,
            "state": DisputeState.OPEN,
            "escalates_at": timezone.now() + ESCALATES_AFTER,
        },
    )
    if created:
        DisputeMove.objects.create(dispute=dispute, new=DisputeState.OPEN, by=by)
        record(
            "disputes.dispute.opened", by=by, about=dispute, evidence=f"{dispute.evidence_type} {dispute.evidence_id}"
        )
        for person in [owner] if owner else directors_who_can_decide(dispute):
            _ask_for_an_answer(person, dispute, text=OPENED_TEXT)
    return dispute


OPENED_TEXT = "Somebody disagrees with a record and asks for an answer. Without one it goes to the program directors after 14 days."
ESCALATED_TEXT = "A dispute had no answer for 14 days. It is with the program directors now."


def _ask_for_an_answer(person: User, dispute: Dispute, *, text: str) -> None:
    notify(
        person,
        key=f"dispute-{dispute.pk}-{dispute.state}-{person.pk}",
        subject="A dispute waits for your answer",
        text=text,
        path=reverse("dispute_detail", args=[dispute.pk]),
        button="Open the dispute",
    )


@transaction.atomic
def decide_dispute(dispute: Dispute, *, by: User, upheld: bool, answer: str, then: str = "") -> Dispute:
    """Decide, with an answer in words. Refused to the person disputed, and to whoever raised it.

    The room of the record acts on it in the same transaction; `then` is one of the choices that it offers.
    """
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if not can_decide(by, dispute):
        raise Refusal("A dispute is decided by its owner or a program director, never by somebody who is a part of it.")
    if not answer.strip():
        raise Refusal("Write the answer that the person will read.")
    old = dispute.state
    _move(dispute, DisputeState.UPHELD if upheld else DisputeState.REJECTED, by=by)
    dispute.answer, dispute.decided_by, dispute.decided_at = answer, by, timezone.now()
    dispute.outcome = apply_decision(dispute, by=by, then=then)
    dispute.save(update_fields=["state", "answer", "decided_by", "decided_at", "outcome"])
    record("disputes.dispute.decided", by=by, about=dispute, old=old, new=dispute.state)
    notify(
        dispute.raised_by,
        key=f"dispute-{dispute.pk}-decided",
        subject="Your dispute has an answer",
        text="There is an answer to the dispute that you raised.",
        path=reverse("dispute_detail", args=[dispute.pk]),
        button="Read the answer",
    )
    return dispute


@transaction.atomic
def replace_words(dispute: Dispute, change: Callable[[str], str], *, by: User) -> int:
    """Let the room of the record take words out of what was written here; it says who may, and audits what else it changed.
    How many texts got another wording."""
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    changed = [name for name in ("text", "answer") if change(getattr(dispute, name)) != getattr(dispute, name)]
    for name in changed:
        setattr(dispute, name, change(getattr(dispute, name)))
    if changed:
        dispute.save(update_fields=changed)
        record("disputes.dispute.redacted", by=by, about=dispute, texts=changed)
    return len(changed)


@transaction.atomic
def withdraw_dispute(dispute: Dispute, *, by: User) -> Dispute:
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if by.pk != dispute.raised_by_id:
        raise Refusal("Only the person who raised a dispute can withdraw it.")
    _move(dispute, DisputeState.WITHDRAWN, by=by)
    dispute.save(update_fields=["state"])
    record("disputes.dispute.withdrawn", by=by, about=dispute)
    return dispute


def escalate_overdue() -> int:
    """Nightly: what nobody answered for 14 days goes to the directors. Returns how many."""
    overdue = Dispute.objects.filter(state=DisputeState.OPEN, escalates_at__lte=timezone.now()).values_list(
        "pk", flat=True
    )
    return sum(_escalate(pk) for pk in list(overdue))


@transaction.atomic
def _escalate(pk: int) -> bool:
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=pk)
    if dispute.state != DisputeState.OPEN:
        return False
    _move(dispute, DisputeState.ESCALATED, by=None)
    dispute.save(update_fields=["state"])
    record("disputes.dispute.escalated", by=None, about=dispute)
    for director in directors_who_can_decide(dispute):
        _ask_for_an_answer(director, dispute, text=ESCALATED_TEXT)
    notify(
        dispute.raised_by,
        key=f"dispute-{dispute.pk}-escalated",
        subject="Your dispute goes on",
        text="Your dispute had no answer for 14 days. It is with the program directors now.",
        path=reverse("dispute_detail", args=[dispute.pk]),
        button="Open the dispute",
    )
    return True


def _move(dispute: Dispute, new: DisputeState, *, by: User | None) -> None:
    if new not in MOVES[DisputeState(dispute.state)]:
        raise IllegalMove(f"This dispute is already {DisputeState(dispute.state).label.lower()}.")
    DisputeMove.objects.create(dispute=dispute, old=dispute.state, new=new, by=by)
    dispute.state = new
