"""A supervisor's decisions. One signature per decision, over exactly the content that was on the screen."""

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.credit import credit_minutes
from supervision.actions.practice import check_visit, lock_log, move_log
from supervision.enums import MOVES, REASON_MOST, Decision, LogState, Meaning
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import PracticeLog, SignOff
from supervision.queries.placement import can_supervise
from supervision.queries.practice import logged_at, visit_of
from supervision.queries.review import content_hash, signed_content
from supervision.rules import RULES


class EntryChanged(Refusal):
    """What is stored is not what the signer read."""

    code = "entry_changed"


@transaction.atomic
def approve_log(log: PracticeLog, *, by: User, meaning: Meaning, seen: str) -> PracticeLog:
    """Approve an entry: its minutes are credited once, it is locked, and an entry that it corrects counts no more.

    `seen` is the SHA-256 of the content that the form showed. Every rule of a visit is checked again.
    """
    enrolment, log = lock_log(log)
    _require_signer(log, enrolment, by, LogState.APPROVED)
    _require_seen(log, seen)
    flags = check_visit(
        visit_of(log),
        enrolment,
        log.placement,
        ignore={log.pk, log.supersedes_id or 0},
        rules=RULES,
        logged_at=logged_at(log),
        approver=by,
    )
    _require_same_flags(log, flags)
    now = timezone.now()
    if log.supersedes_id:
        _replace(log.supersedes_id, by=by, at=now)
    sign(log, enrolment, by=by, meaning=meaning, decision=Decision.APPROVED)
    credit_minutes(log, by=by)
    log.decided_at = log.credited_at = now
    move_log(log, LogState.APPROVED, by=by, also=["decided_at", "credited_at"])
    record("supervision.log.approved", by=by, about=log, minutes=log.minutes, meaning=meaning, version=log.version)
    return log


@transaction.atomic
def return_log(log: PracticeLog, *, by: User, meaning: Meaning, seen: str, reason: str) -> PracticeLog:
    """Return one entry with the reason that its trainee reads first."""
    reason = reason_to_return(reason)
    enrolment, log = lock_log(log)
    _require_waiting(log)
    _require_signer(log, enrolment, by, LogState.RETURNED)
    _require_seen(log, seen)
    sign(log, enrolment, by=by, meaning=meaning, decision=Decision.RETURNED)
    log.decided_at = timezone.now()
    move_log(log, LogState.RETURNED, by=by, reason=reason, also=["decided_at"])
    record("supervision.log.returned", by=by, about=log, meaning=meaning, version=log.version)
    notify(
        enrolment.person,
        key=f"log-{log.pk}-returned-{log.version}",
        subject="A practice entry came back to you",
        text="Your supervisor has returned one of your practice entries and says what is to be put right.",
        path=f"/practice/{log.pk}/",
        button="Read what is to be put right",
    )
    return log


def reason_to_return(reason: str) -> str:
    """The reason as it is kept. Raises `Refusal` when it is empty, too long, or holds what looks like patient data."""
    reason = reason.strip()
    if not reason:
        raise Refusal("Say what is to be put right. The trainee reads it.")
    if len(reason) > REASON_MOST:
        raise Refusal(f"Give the reason in at most {REASON_MOST} characters.")
    if sentence := sentence_about(hard_stops_in(reason)):
        raise Refusal(sentence)
    return reason


def sign(log: PracticeLog, enrolment: Enrolment, *, by: User, meaning: Meaning, decision: Decision) -> SignOff:
    """The signature's row: name and role as they are now, the server's time, and the content itself."""
    content = signed_content(log)
    return SignOff.objects.create(
        log=log,
        decision=decision,
        meaning=Meaning(meaning),
        signer=by,
        trainee_id=enrolment.person_id,
        printed_name=by.legal_name or str(by),
        role_held=Role.SUPERVISOR.label,
        version=log.version,
        content=content,
        sha256=content_hash(content),
    )


def _require_signer(log: PracticeLog, enrolment: Enrolment, by: User, new: LogState) -> None:
    """Whoever reviews it: the placement's own supervisor, or another one after a dispute. She holds the role now, is
    not the trainee, and no barrier stands between them."""
    if new not in MOVES[LogState(log.state)]:
        raise IllegalMove(f"This entry has been decided or taken back: it is now {LogState(log.state).label.lower()}.")
    if log.reviewing_id != by.pk or not can_supervise(by, enrolment):
        raise Refusal("Only the supervisor of the placement decides on this entry.")


def _require_waiting(log: PracticeLog) -> None:
    """A supervisor returns what waits for her; taking an approval back is for a director."""
    if log.state != LogState.SUBMITTED:
        raise IllegalMove(f"This entry has been decided or taken back: it is now {log.get_state_display().lower()}.")


def _require_seen(log: PracticeLog, seen: str) -> None:
    if content_hash(signed_content(log)) != seen:
        raise EntryChanged("This entry has changed since you opened it. Read it again before you sign.")


def _require_same_flags(log: PracticeLog, flags: list[dict[str, str]]) -> None:
    """Nothing is signed over a rule that the signer has not read about. Sending the entry again renews its flags."""
    unread = [flag["sentence"] for flag in flags if flag["rule"] not in {known["rule"] for known in log.flags}]
    if unread:
        raise EntryChanged(f"{' '.join(unread)} This was not so when the entry was sent: return it, to be sent again.")


def _replace(old_pk: int, *, by: User, at) -> None:
    old = PracticeLog.objects.select_for_update().get(pk=old_pk)
    old.superseded_at = at
    move_log(old, LogState.SUPERSEDED, by=by, also=["superseded_at"])
