"""Attesting in lieu of a supervisor, where no signer is left: one proposes with the evidence seen, a second confirms."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.enums import Approver, Qualification
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import Provenance
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.credit import credit_minutes
from supervision.actions.practice import judge_visit, lock_log, move_log, require_move
from supervision.actions.review import EntryChanged
from supervision.actions.signer import name_of
from supervision.enums import LIEU_LIVES, LIEU_MOVES, REASON_MOST, Decision, LieuState, LogState, Meaning
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import Attestation, PracticeLog, SignOff
from supervision.queries.lieu import SECONDS, role_to_attest, seconds_for, signer_left
from supervision.queries.practice import logged_at, visit_of
from supervision.queries.review import content_hash, signed_content
from supervision.queries.surroundings import surroundings_of
from supervision.rules import RULES

IN_LIEU = "in lieu of the supervisor"


@transaction.atomic
def propose_attestation(log: PracticeLog, *, evidence: str, seen: str, by: User) -> Attestation:
    """Propose to approve an entry for which no signer is left. `evidence`: why nobody can sign, and what was seen.

    A second person has `LIEU_LIVES` to confirm it. One that ran out, or was about an older version, is closed.
    """
    evidence = _text(evidence, "Say why no signer is left, and what you have seen.")
    enrolment, log = lock_log(log)
    role = _require_role(by, log, Role.DIRECTOR)
    _require_signerless(log)
    _require_seen(log, seen)
    _require_none_open(log)
    attestation = Attestation.objects.create(
        log=log,
        trainee=enrolment.person,
        version=log.version,
        sha256=seen,
        evidence=evidence,
        proposed_by=by,
        proposed_name=name_of(by)[:95],
        proposed_role=role.label,
        expires_at=timezone.now() + LIEU_LIVES,
    )
    record("supervision.lieu.proposed", by=by, about=attestation, log=log.pk, version=log.version)
    for person in seconds_for(log, but=by):
        notify(
            person,
            key=f"lieu-{attestation.pk}-{person.pk}",
            subject="An entry waits for a second signature",
            text="No signer is left for a practice entry. A director proposes to attest it, and needs a second person who "
            f"reads it and the evidence, within {LIEU_LIVES.days} days.",
            path=f"/practice/{log.pk}/lieu/",
            button="Read it",
        )
    return attestation


@transaction.atomic
def confirm_attestation(attestation: Attestation, *, seen: str, by: User) -> PracticeLog:
    """Confirm: the entry is approved by attestation in lieu, is locked, and its minutes are credited once.

    Every rule of a visit is checked again, but for those about a supervisor: there is none.
    """
    enrolment, log, attestation = _held(attestation)
    role = _require_second(attestation, log, by)
    if role_to_attest(attestation.proposed_by, log, Role.DIRECTOR) is None:
        raise Refusal(f"{attestation.proposed_name} may not attest this any more. Another director proposes it anew.")
    _require_signerless(log)
    _require_seen(log, seen)
    if (attestation.version, attestation.sha256) != (log.version, seen):
        raise EntryChanged("This entry has changed since it was proposed. It is proposed anew, or not at all.")
    _require_rules(log, enrolment)
    _close(attestation, LieuState.CONFIRMED, by, role)
    _approve(attestation, log, by)
    record("supervision.lieu.confirmed", by=by, about=attestation, log=log.pk, minutes=log.minutes, version=log.version)
    _tell(attestation, "Your entry was approved without a supervisor", "Two members of staff have attested it instead.")
    return log


@transaction.atomic
def refuse_attestation(attestation: Attestation, *, reason: str, by: User) -> Attestation:
    """The second person does not confirm, and says why. The entry goes on waiting."""
    reason = _text(reason, "Say why you refuse. Whoever proposed it reads it.")
    _, log, attestation = _held(attestation)
    role = _require_second(attestation, log, by)
    attestation.reason = reason
    _close(attestation, LieuState.REFUSED, by, role)
    record("supervision.lieu.refused", by=by, about=attestation, log=log.pk)
    notify(
        attestation.proposed_by,
        key=f"lieu-{attestation.pk}-refused",
        subject="An attestation was refused",
        text="The second person has not confirmed what you proposed to attest, and says why.",
        path=f"/practice/{log.pk}/lieu/",
        button="Read the reason",
    )
    return attestation


@transaction.atomic
def withdraw_attestation(attestation: Attestation, *, by: User) -> Attestation:
    """Take the proposal back, before anybody has confirmed it."""
    _, log, attestation = _held(attestation)
    if attestation.proposed_by_id != by.pk:
        raise Refusal("Only whoever proposed it takes it back.")
    _require_move(attestation, LieuState.WITHDRAWN)
    attestation.state, attestation.closed_at = LieuState.WITHDRAWN, timezone.now()
    attestation.save(update_fields=["state", "closed_at"])
    record("supervision.lieu.withdrawn", by=by, about=attestation, log=log.pk)
    return attestation


def _text(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(missing)
    if len(text) > REASON_MOST:
        raise Refusal(f"Say it in at most {REASON_MOST} characters.")
    if sentence := sentence_about(hard_stops_in(text)):
        raise Refusal(sentence)
    return text


def _held(attestation: Attestation) -> tuple[Enrolment, PracticeLog, Attestation]:
    """The entry first, as everywhere; so two who decide about one attestation wait for each other there."""
    enrolment, log = lock_log(PracticeLog.objects.select_related("enrolment").get(pk=attestation.log_id))
    return enrolment, log, Attestation.objects.select_related("proposed_by").get(pk=attestation.pk)


def _require_role(by: User, log: PracticeLog, *roles: Role) -> Role:
    role = role_to_attest(by, log, *roles)
    if role is None:
        raise Refusal("This is for staff of this trainee who are neither the trainee nor the supervisor.")
    return role


def _require_second(attestation: Attestation, log: PracticeLog, by: User) -> Role:
    if attestation.proposed_by_id == by.pk:
        raise Refusal("You proposed this yourself. A second person confirms it.")
    role = _require_role(by, log, *SECONDS)
    _require_move(attestation, LieuState.CONFIRMED)
    if not attestation.is_open:
        raise IllegalMove("This was not confirmed in time. A director proposes it anew.")
    return role


def _require_move(attestation: Attestation, new: LieuState) -> None:
    if new not in LIEU_MOVES[LieuState(attestation.state)]:
        raise IllegalMove(f"This has been decided already: {attestation.get_state_display().lower()}.")


def _require_signerless(log: PracticeLog) -> None:
    if log.state != LogState.SUBMITTED:
        raise IllegalMove(f"This entry does not wait any more: it is now {log.get_state_display().lower()}.")
    if signer := signer_left(log):
        raise Refusal(
            f"{signer} can sign this entry. Ask her, or hand the work over; if she has left, end her role as supervisor first."
        )


def _require_seen(log: PracticeLog, seen: str) -> None:
    if content_hash(signed_content(log)) != seen:
        raise EntryChanged("This entry has changed since you opened it. Read it again.")


def _require_none_open(log: PracticeLog) -> None:
    for one in log.attestations.filter(state=LieuState.PROPOSED):
        if one.is_open and one.version == log.version:
            raise IllegalMove("This is proposed already, and waits for a second person.")
        one.state, one.closed_at = LieuState.EXPIRED, timezone.now()
        one.save(update_fields=["state", "closed_at"])


def _require_rules(log: PracticeLog, enrolment: Enrolment) -> None:
    ignore = {log.pk, log.supersedes_id or 0}
    visit, now = visit_of(log), timezone.now()
    around = surroundings_of(visit, enrolment, log.placement, now=now, ignore=ignore, logged_at=logged_at(log))
    judge_visit(visit, replace(around, valid=frozenset(Qualification), approves_as=frozenset(Approver)), RULES)


def _close(attestation: Attestation, new: LieuState, by: User, role: Role) -> None:
    _require_move(attestation, new)
    attestation.state, attestation.closed_at = new, timezone.now()
    attestation.second, attestation.second_name, attestation.second_role = by, name_of(by)[:95], role.label
    attestation.save(update_fields=["state", "closed_at", "second", "second_name", "second_role", "reason"])


def _approve(attestation: Attestation, log: PracticeLog, by: User) -> None:
    """What follows from an approval, as from any other; the signature names both."""
    now, names = attestation.closed_at, f"{attestation.proposed_name} and {attestation.second_name}"
    if log.supersedes_id:
        old = PracticeLog.objects.select_for_update().get(pk=log.supersedes_id)
        require_move(old, LogState.SUPERSEDED)
        old.superseded_at = now
        move_log(old, LogState.SUPERSEDED, by=by, also=["superseded_at"])
    content = signed_content(log)
    SignOff.objects.create(
        log=log,
        decision=Decision.APPROVED,
        meaning=Meaning.IN_LIEU,
        signer=by,
        attestation=attestation,
        trainee_id=attestation.trainee_id,
        printed_name=names,
        role_held=IN_LIEU,
        version=log.version,
        content=content,
        sha256=content_hash(content),
    )
    credit_minutes([log], by=by)
    log.decided_at, log.credited_at, log.provenance = now, now, Provenance.ATTESTED
    why = f"Attested in lieu of the supervisor by {names}."
    move_log(log, LogState.APPROVED, by=by, reason=why, also=["decided_at", "credited_at", "provenance"])


def _tell(attestation: Attestation, subject: str, words: str) -> None:
    notify(
        attestation.trainee,
        key=f"lieu-{attestation.pk}-trainee",
        subject=subject,
        text=f"No signer was left for one of your practice entries. {words} Its hours count.",
        path=f"/practice/{attestation.log_id}/",
        button="Open the entry",
    )
