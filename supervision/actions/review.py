"""A supervisor's decisions. One signature per decision, over exactly the content that was on the screen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.actions import record, record_each
from lms.enums import Provenance
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.credit import credit_minutes
from supervision.actions.pace import note_pace
from supervision.actions.practice import judge_visit, lock_log, lock_logs, move_log, move_logs, require_move
from supervision.actions.signer import account_of, name_of, papers_in_words, require_verified_link, waits_for
from supervision.enums import REASON_MOST, Decision, LogState, Meaning
from supervision.guard import hard_stops_in, sentence_about
from supervision.models import PracticeLog, SigningLink, SignOff
from supervision.queries.placement import may_supervise, supervised_by
from supervision.queries.practice import first_written, visit_of
from supervision.queries.review import content_hash, signed_content
from supervision.queries.surroundings import Around, Question
from supervision.rules import RULES


class EntryChanged(Refusal):
    """What is stored is not what the signer read."""

    code = "entry_changed"


MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Approvals:
    """What was approved of several entries, and what was not, each with its reason."""

    approved: list[PracticeLog]
    refused: list[tuple[PracticeLog, Refusal]]


@transaction.atomic
def approve_log(log: PracticeLog, *, by: User | SigningLink, meaning: Meaning, seen: str) -> PracticeLog:
    """Approve an entry: its minutes are credited once, it is locked, and an entry that it corrects counts no more.

    `seen` is the SHA-256 of the content that the form showed. Every rule of a visit is checked again.
    """
    done = approve_logs({log.pk: seen}, by=by, meaning=meaning)
    for _, refusal in done.refused:
        raise refusal
    return done.approved[0]


@transaction.atomic
def approve_logs(seen: Mapping[int, str], *, by: User | SigningLink, meaning: Meaning) -> Approvals:
    """Approve several entries, the longest waiting first, as if one after another: each has a signature of its own over
    its own content. What may not be approved is left as it is, and the rest is approved.

    `seen`: by entry, the SHA-256 of the content that the form showed.
    """
    if not 1 <= len(seen) <= MOST_AT_ONCE:
        raise Refusal(f"Choose between 1 and {MOST_AT_ONCE} entries.")
    meaning = _of_a_supervisor(meaning)
    approval = _Approval(lock_logs(seen), by)
    approved, refused = [], []
    for log in approval.logs:
        try:
            approval.require(log, seen[log.pk])
        except Refusal as refusal:
            refused.append((log, refusal))
        else:
            approved.append(log)
    _approve(approved, list(filter(None, map(approval.corrected, approved))), by=by, meaning=meaning)
    return Approvals(approved, refused)


def _of_a_supervisor(meaning: Meaning) -> Meaning:
    if meaning == Meaning.IN_LIEU:
        raise Refusal("Say what your signature means.")
    return Meaning(meaning)


class _Approval:
    """What the rule of approving needs to know about entries that are held: a fixed number of queries for all of them."""

    def __init__(self, logs: list[PracticeLog], by: User | SigningLink):
        self.logs, self.by = logs, by
        self.supervised = _supervised(by, {log.enrolment for log in logs})
        old = {log.supersedes_id for log in logs if log.supersedes_id}
        rows = PracticeLog.objects.select_for_update().filter(pk__in=old).order_by("pk")
        self.old = {row.pk: row for row in rows} if old else {}
        written = first_written(logs)
        self.questions = {log.pk: self._question(log, written[log.pk]) for log in logs}
        self.around = Around(list(self.questions.values()), now=timezone.now())

    def _question(self, log: PracticeLog, logged_at: datetime) -> Question:
        ignore = frozenset({log.pk, log.supersedes_id or 0})
        return Question(visit_of(log), log.enrolment, log.placement, ignore, logged_at, account_of(self.by))

    def require(self, log: PracticeLog, seen: str) -> None:
        """Raises `Refusal` unless the entry may be approved after those that were required before it."""
        _require_signer(log, self.by, self.supervised)
        _require_seen(log, seen)
        question = self.questions[log.pk]
        _require_same_flags(log, judge_visit(question.visit, self.around.of(question), RULES))
        if old := self.corrected(log):
            require_move(old, LogState.SUPERSEDED)
        self.around.note_approval(log)

    def corrected(self, log: PracticeLog) -> PracticeLog | None:
        return self.old.get(log.supersedes_id)


def _approve(logs: list[PracticeLog], replaced: list[PracticeLog], *, by: User | SigningLink, meaning: Meaning) -> None:
    """Write what follows from the approval of entries that may be approved."""
    now, account = timezone.now(), account_of(by)
    move_logs(replaced, LogState.SUPERSEDED, by=account, superseded_at=now)
    SignOff.objects.bulk_create(_signature(log, by, meaning, Decision.APPROVED) for log in logs)
    credit_minutes(logs, by=account)
    values = {
        "decided_at": now,
        "credited_at": now,
        "provenance": Provenance.EARNED,
    }  # it was attested in lieu, perhaps
    move_logs(logs, LogState.APPROVED, by=account, **values)
    told = [(log, {"minutes": log.minutes, "meaning": meaning, "version": log.version}) for log in logs]
    record_each("supervision.log.approved", told, by=account)
    if logs:
        note_pace(account or by.supervisor, now=now)


@transaction.atomic
def return_log(log: PracticeLog, *, by: User | SigningLink, meaning: Meaning, seen: str, reason: str) -> PracticeLog:
    """Return one entry with the reason that its trainee reads first."""
    reason, account, meaning = reason_to_return(reason), account_of(by), _of_a_supervisor(meaning)
    enrolment, log = lock_log(log)
    _require_signer(log, by, _supervised(by, [enrolment]))
    _require_seen(log, seen)
    _signature(log, by, meaning, Decision.RETURNED).save(force_insert=True)
    log.decided_at = timezone.now()
    move_log(log, LogState.RETURNED, by=account, reason=reason, also=["decided_at"])
    record("supervision.log.returned", by=account, about=log, meaning=meaning, version=log.version)
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


def _signature(log: PracticeLog, by: User | SigningLink, meaning: Meaning, decision: Decision) -> SignOff:
    """The signature's row: name and role as they are now, the server's time, and the content itself."""
    content, account = signed_content(log), account_of(by)
    return SignOff(
        log=log,
        decision=decision,
        meaning=Meaning(meaning),
        signer=account,
        link=None if account else by,
        trainee_id=log.enrolment.person_id,
        printed_name=name_of(by),
        role_held=Role.SUPERVISOR.label,
        qualifications=papers_in_words(by),
        version=log.version,
        content=content,
        sha256=content_hash(content),
    )


def _supervised(by: User | SigningLink, enrolments: Collection[Enrolment]) -> set[int]:
    """The enrolments whose trainee may be signed for now; by a link only while it runs, and of somebody verified."""
    if isinstance(by, SigningLink):
        supervisor = require_verified_link(by).supervisor
        return {one.pk for one in enrolments if may_supervise(supervisor, one)}
    return supervised_by(by, enrolments)


def _require_signer(log: PracticeLog, by: User | SigningLink, supervised: Collection[int]) -> None:
    """Whoever reviews it: the placement's own supervisor, or another one after a dispute. She holds the role now, is
    not the trainee, and no barrier stands between them. `supervised`: the enrolments of which that is so."""
    _require_waiting(log)
    if not waits_for(log, by) or log.enrolment_id not in supervised:
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
