"""Prior hours: recorded by the trainee or by a director for her, decided by another director, once.

The enrolment is locked first, then the record: in this order everywhere.
"""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_add_evidence, can_manage_enrolment
from lms.accounts.models import User
from lms.accounts.queries import has_barrier
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from lms.uploads import CleanDocument
from supervision.actions.practice import VisitRefused
from supervision.actions.review import EntryChanged, reason_to_return
from supervision.enums import PRIOR_MOVES, PriorState
from supervision.models import PriorHours, PriorMove
from supervision.queries.prior import (
    can_decide_prior,
    directors_to_decide,
    full_prior,
    prior_categories,
    prior_hash,
    sent_lately,
)
from supervision.rules.prior import Claim, Limits, problems_of_claim

ENDED = "This enrolment has ended, so no hours can be added to it."
# Each brings a document of up to 8 MB: far more than anybody has, and a bound on what one account can fill.
MOST_A_DAY = 20
TOO_MANY = f"{MOST_A_DAY} records were sent in the last 24 hours. Send the next one tomorrow."


@transaction.atomic
def record_prior_hours(
    enrolment: Enrolment, claim: Claim, *, document: CleanDocument | None, by: User, corrects: PriorHours | None = None
) -> PriorHours:
    """Record hours and send them to the directors. A correction names the approved record that it is to replace, and
    takes its document over when none is given. Raises `VisitRefused` with every rule that the claim breaks."""
    enrolment = _lock_enrolment(enrolment)
    _require_writer(enrolment, by)
    require_room(enrolment)
    _require_claim(claim, enrolment)
    if corrects is not None:
        corrects = _lock_to_correct(corrects, enrolment)
    if document is None and corrects is None:
        raise Refusal("Add the document that shows these hours.")
    prior = PriorHours.objects.create(
        enrolment=enrolment,
        supersedes=corrects,
        written_by=by,
        submitted_at=timezone.now(),
        **_columns(claim),
        **(_document(document) if document else _same_document(corrects)),
    )
    PriorMove.objects.create(prior=prior, new=prior.state, version=prior.version, by=by)
    record(
        "supervision.prior.recorded",
        by=by,
        about=prior,
        enrolment=enrolment.pk,
        minutes=prior.minutes,
        category=prior.category_key,
        document=prior.document_sha256,
        corrects=corrects.pk if corrects else None,
    )
    _tell_directors(prior)
    return prior


@transaction.atomic
def amend_prior_hours(prior: PriorHours, claim: Claim, *, document: CleanDocument | None, by: User) -> PriorHours:
    """Put a returned record right and send it again, with a new document or the one that was there."""
    enrolment, prior = _lock(prior)
    _require_writer(enrolment, by)
    require_room(enrolment)
    _require_move(prior, PriorState.SUBMITTED)
    _require_claim(claim, enrolment)
    changed = _columns(claim) | (_document(document) if document else {})
    for name, value in changed.items():
        setattr(prior, name, value)
    prior.version, prior.written_by = prior.version + 1, by
    prior.submitted_at, prior.decided_by, prior.decided_at = timezone.now(), None, None
    decided = ["version", "written_by", "submitted_at", "decided_by", "decided_at"]
    _move(prior, PriorState.SUBMITTED, by=by, also=[*changed, *decided])
    record("supervision.prior.amended", by=by, about=prior, version=prior.version, document=prior.document_sha256)
    _tell_directors(prior)
    return prior


@transaction.atomic
def withdraw_prior_hours(prior: PriorHours, *, by: User) -> PriorHours:
    """Take back what has not been approved. The row and its history stay."""
    enrolment, prior = _lock(prior)
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee takes her hours back.")
    _require_move(prior, PriorState.VOIDED)
    _move(prior, PriorState.VOIDED, by=by)
    record("supervision.prior.withdrawn", by=by, about=prior)
    return prior


@transaction.atomic
def approve_prior_hours(prior: PriorHours, *, by: User, seen: str) -> PriorHours:
    """Approve: the hours count as transferred, the record is locked, and one that it corrects counts no more.

    `seen` is the SHA-256 of what the form showed. Every rule is checked again.
    """
    enrolment, prior = _lock(prior)
    _require_decider(prior, by, seen, PriorState.APPROVED)
    if problems := problems_of_claim(_claim_of(prior), _limits(enrolment)):
        raise VisitRefused(problems)
    if prior.supersedes_id:
        _replace(prior.supersedes_id, by=by)
    _decide(prior, PriorState.APPROVED, by=by)
    record("supervision.prior.approved", by=by, about=prior, minutes=prior.minutes, version=prior.version)
    _tell_trainee(
        prior, f"The {prior.institution} hours that you brought along are approved. They count as transferred."
    )
    return prior


@transaction.atomic
def return_prior_hours(prior: PriorHours, *, by: User, seen: str, reason: str) -> PriorHours:
    """Give the record back with the reason that the trainee reads first."""
    reason = reason_to_return(reason)
    _, prior = _lock(prior)
    _require_decider(prior, by, seen, PriorState.RETURNED)
    _decide(prior, PriorState.RETURNED, by=by, reason=reason)
    record("supervision.prior.returned", by=by, about=prior, version=prior.version)
    _tell_trainee(prior, "A director has returned hours that you brought along and says what is to be put right.")
    return prior


def _lock_enrolment(enrolment: Enrolment) -> Enrolment:
    rows = Enrolment.objects.select_for_update(of=("self",))
    return rows.select_related("person", "cohort", "standard_version").get(pk=enrolment.pk)


def _lock(prior: PriorHours) -> tuple[Enrolment, PriorHours]:
    """Hold the enrolment and the record, freshly read."""
    enrolment = _lock_enrolment(prior.enrolment)
    PriorHours.objects.select_for_update().get(pk=prior.pk)
    return enrolment, full_prior().get(pk=prior.pk)


def _lock_to_correct(prior: PriorHours, enrolment: Enrolment) -> PriorHours:
    prior = PriorHours.objects.select_for_update().get(pk=prior.pk)
    if prior.enrolment_id != enrolment.pk:
        raise Refusal("A correction belongs to the same enrolment.")
    _require_move(prior, PriorState.SUPERSEDED)
    if prior.corrections.exclude(state=PriorState.VOIDED).exists():
        raise Refusal("A correction of this record is under way.")
    return prior


def _require_writer(enrolment: Enrolment, by: User) -> None:
    """The trainee, or a director for her; while something can be added to the enrolment."""
    is_director = can_manage_enrolment(by, enrolment) and not has_barrier(by, enrolment.person_id)
    if by.pk != enrolment.person_id and not is_director:
        raise Refusal("Prior hours are recorded by the trainee, or by a program director for her.")
    if not can_add_evidence(enrolment):
        raise IllegalMove(ENDED)


def require_room(enrolment: Enrolment) -> None:
    """Raises `Refusal` when so much was sent today that more can wait. Asked before a file is opened, and under the lock."""
    if sent_lately(enrolment) >= MOST_A_DAY:
        raise Refusal(TOO_MANY)


def _require_claim(claim: Claim, enrolment: Enrolment) -> None:
    if problems := problems_of_claim(claim, _limits(enrolment)):
        raise VisitRefused(problems)


def _limits(enrolment: Enrolment) -> Limits:
    today = timezone.localdate(timezone=ZoneInfo(enrolment.cohort.time_zone))
    return Limits(today, frozenset(prior_categories(enrolment)))


def _require_decider(prior: PriorHours, by: User, seen: str, new: PriorState) -> None:
    _require_move(prior, new)
    if not can_decide_prior(by, prior):
        raise Refusal("Another program director decides about this: never the person herself, nor who recorded it.")
    if prior_hash(prior) != seen:
        raise EntryChanged("This record has changed since you opened it. Read it again before you decide.")


def _require_move(prior: PriorHours, new: PriorState) -> None:
    if new not in PRIOR_MOVES[PriorState(prior.state)]:
        raise IllegalMove(f"This is not possible: these hours are now {PriorState(prior.state).label.lower()}.")


def _decide(prior: PriorHours, new: PriorState, *, by: User, reason: str = "") -> None:
    prior.decided_by, prior.decided_at = by, timezone.now()
    _move(prior, new, by=by, reason=reason, sha256=prior_hash(prior), also=["decided_by", "decided_at"])


def _move(prior: PriorHours, new: PriorState, *, by: User, also: list[str] | None = None, **words) -> None:
    """Change the state by the table of moves and write its history."""
    _require_move(prior, new)
    PriorMove.objects.create(prior=prior, old=prior.state, new=new, version=prior.version, by=by, **words)
    prior.state = new
    prior.save(update_fields=["state", *(also or [])])


def _replace(old_pk: int, *, by: User) -> None:
    old = PriorHours.objects.select_for_update().get(pk=old_pk)
    old.superseded_at = timezone.now()
    _move(old, PriorState.SUPERSEDED, by=by, also=["superseded_at"])


def _columns(claim: Claim) -> dict:
    return {
        "category_key": claim.category_key,
        "phase": claim.phase,
        "minutes": claim.minutes,
        "began_on": claim.began_on,
        "ended_on": claim.ended_on,
        "institution": claim.institution.strip(),
        "supervisor_name": claim.supervisor_name.strip(),
        "note": claim.note,
    }


def _claim_of(prior: PriorHours) -> Claim:
    return Claim(**{name: getattr(prior, name) for name in Claim.__dataclass_fields__})


def _document(document: CleanDocument) -> dict:
    return {
        "document": document.file,
        "document_type": document.content_type,
        "document_sha256": document.sha256,
    }


def _same_document(prior: PriorHours) -> dict:
    return {name: getattr(prior, name) for name in ("document", "document_type", "document_sha256")}


def _tell_directors(prior: PriorHours) -> None:
    """At most one mail a day tells a director that hours wait; the queue says which."""
    for director in directors_to_decide(prior):
        notify(
            director,
            key=f"prior-{director.pk}-{prior.submitted_at:%Y-%m-%d}",
            subject="Prior hours wait for a decision",
            text="Hours from before or elsewhere were recorded. They count once a director has approved them.",
            path=reverse("desk_prior"),
            button="Open the queue",
        )


def _tell_trainee(prior: PriorHours, sentence: str) -> None:
    notify(
        prior.enrolment.person,
        key=f"prior-{prior.pk}-{prior.state}-{prior.version}",
        subject="Your prior hours have an answer",
        text=sentence,
        path=reverse("prior_detail", args=[prior.pk]),
        button="Open these hours",
    )
