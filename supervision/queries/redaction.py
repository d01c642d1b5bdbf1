"""Words taken out of a record: who may do it, where copies of its texts lie, and what is shown of it afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role
from lms.disputes.models import Dispute
from lms.disputes.queries import disputes_for
from supervision.enums import LOCKED, SENT, LieuState, PriorState
from supervision.models import (
    AttendanceMove,
    Attestation,
    GuardDeclaration,
    LapseCase,
    LogMove,
    PracticeLog,
    PriorHours,
    PriorMove,
    QualificationLapse,
    Redaction,
    SessionSignature,
    SignOff,
    SupervisionSession,
)
from supervision.queries.placement import supervised_by
from supervision.queries.prior import prior_hash
from supervision.queries.review import content_hash, signed_content
from supervision.sessions.enums import SessionState
from supervision.sessions.queries import full_sessions

Subject = PracticeLog | PriorHours | SupervisionSession
Move = LogMove | PriorMove | AttendanceMove
Decision = Attestation | LapseCase | QualificationLapse
# What staff wrote when they decided about a record, and when that was.
DECISIONS: dict[type, tuple[tuple[str, ...], str]] = {
    Attestation: (("evidence", "reason"), "proposed_at"),
    LapseCase: (("reason",), "decided_at"),
    QualificationLapse: (("annulled_reason",), "annulled_at"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of record: what a redaction calls it, its text and shorter ones, the states in which it is closed, and the
    words for its page. `text` is a key of what was signed too."""

    name: str
    text: str
    title: str
    noun: str
    closed: tuple[str, ...]
    short: tuple[str, ...] = ()


KINDS: dict[type, Kind] = {
    PracticeLog: Kind("log", "reflection", "Reflection", "practice entries", LOCKED),
    PriorHours: Kind(
        *("prior", "note", "Note", "records of prior hours", (PriorState.APPROVED, PriorState.SUPERSEDED)),
        short=("institution", "supervisor_name"),
    ),
    SupervisionSession: Kind(
        *("session", "feedback", "In a few words", "supervision sessions"),
        (SessionState.HELD, SessionState.CANCELLED, SessionState.WITHDRAWN),
    ),
}


def kind_of(subject: Subject) -> Kind:
    return KINDS[type(subject)]


def enrolments_of(subject: Subject) -> list[Enrolment]:
    """Whose record it is: of a session, everybody who takes part."""
    if isinstance(subject, SupervisionSession):
        return [one.enrolment for one in subject.attendances.select_related("enrolment__person").order_by("id")]
    return [subject.enrolment]


def can_redact(user: User, subject: Subject) -> bool:
    """Whoever decides about the record, and directors within reach: never of her own, never across a barrier."""
    enrolments = enrolments_of(subject)
    people = {one.person_id for one in enrolments}
    if not people or user.pk in people:
        return False
    if isinstance(subject, PracticeLog) and subject.state not in SENT:
        return False
    if _decides(user, subject) and len(supervised_by(user, enrolments)) == len(enrolments):
        return True
    reach = all(has_role(user, Role.DIRECTOR, program=one.program_id, cohort=one.cohort_id) for one in enrolments)
    return reach and not any(has_barrier(user, person) for person in people)


def _decides(user: User, subject: Subject) -> bool:
    match subject:
        case PracticeLog():
            return subject.reviewing_id == user.pk
        case SupervisionSession():
            return subject.decider.person_id == user.pk
    return False  # prior hours are decided by directors


def sessions_to_redact(user: User) -> QuerySet[SupervisionSession]:
    """Asked with `can_redact`: a session is not found by whoever may neither decide about it nor direct its trainees."""
    return full_sessions().exclude(state=SessionState.WITHDRAWN)


def seen_of(subject: Subject) -> str:
    """The SHA-256 of what a page shows before words are removed."""
    match subject:
        case PracticeLog():
            return content_hash(signed_content(subject))
        case PriorHours():
            return prior_hash(subject)
    return content_hash(f"{subject.pk}:{subject.version}:{subject.feedback}")


def chain_of(subject: PracticeLog | PriorHours) -> set[int]:
    """The record, those that it corrects, and all corrections of any of them, discarded ones too: each began as a copy."""
    found, new = {subject.pk}, {subject.pk}
    while new:
        rows = type(subject).objects.order_by()
        old = rows.filter(pk__in=new, supersedes__isnull=False).values_list("supersedes", flat=True)
        new = {*old, *rows.filter(supersedes__in=new).values_list("pk", flat=True)} - found
        found |= new
    return found


def reasons_given(subject: Subject) -> list[Move]:
    """The moves of a record with a reason, oldest first; of a session, those of everybody who takes part."""
    is_session = isinstance(subject, SupervisionSession)
    moves = AttendanceMove.objects.filter(attendance__session=subject) if is_session else subject.moves
    return [move for move in moves.order_by("id") if move.reason]


def signatures_of(subject: Subject) -> list[SignOff | SessionSignature]:
    """What was signed of it, in every version. Of prior hours a hash alone is kept."""
    match subject:
        case PracticeLog():
            return list(subject.sign_offs.order_by("id"))
        case SupervisionSession():
            return list(SessionSignature.objects.filter(attendance__session=subject).order_by("id"))
    return []


def decisions_about(subject: Subject, *, held: bool = False) -> list[Decision]:
    """Attestations in lieu of it; lapses that it was under review for, with what was decided. `held`: with their rows locked,
    for a decision can be about several records, and a lapse about several people."""
    match subject:
        case PracticeLog():
            attestations = Attestation.objects.filter(log=subject)
            cases = LapseCase.objects.filter(pk__in=subject.lapse_entries.order_by().values("case"))
        case SupervisionSession():
            attestations = Attestation.objects.none()
            cases = LapseCase.objects.filter(sessions__attendance__session=subject)
        case _:
            return []
    lapses = QualificationLapse.objects.filter(pk__in=cases.order_by().values("lapse"))
    kinds = [attestations, LapseCase.objects.filter(pk__in=cases.order_by().values("pk")), lapses]
    kinds = [rows.order_by("pk") for rows in kinds]
    return [row for rows in kinds for row in (rows.select_for_update() if held else rows)]


def can_read_decision(user: User, decision: Decision, subject: Subject) -> bool:
    """An attestation that was not confirmed is between staff: never for whoever decides about the entry."""
    is_told = not isinstance(decision, Attestation) or decision.state == LieuState.CONFIRMED
    return is_told or not _decides(user, subject)


def texts_of(decision: Decision) -> list[str]:
    return [text for name in DECISIONS[type(decision)][0] if (text := getattr(decision, name))]


def disputes_about(subject: Subject) -> list[Dispute]:
    """The disputes of an entry, decided and withdrawn ones too."""
    rows = Dispute.objects.filter(evidence_type=subject._meta.label_lower, evidence_id=str(subject.pk))
    return list(rows.order_by("id"))


def disputes_read_by(user: User, subject: Subject) -> list[Dispute]:
    """Those whose words she may read: never whoever they are about."""
    ids = [one.pk for one in disputes_about(subject)]
    return list(disputes_for(user).filter(pk__in=ids).order_by("id")) if ids else []


def declarations_about(subject: Subject) -> Iterable[GuardDeclaration]:
    """What was declared about its texts and reasons, and about the words of its disputes."""
    about = {subject._meta.label_lower: [subject.pk]}
    if isinstance(subject, SupervisionSession):
        attendances = subject.attendances.order_by("id").values_list("pk", flat=True)
        about["supervision.sessionattendance"] = list(attendances)
    else:
        about[Dispute._meta.label_lower] = [one.pk for one in disputes_about(subject)]
    for label, ids in about.items():
        yield from GuardDeclaration.objects.filter(subject_type=label, subject_id__in=ids).order_by("id")


def redactions_of(subject: Subject) -> list[Redaction]:
    return list(subject.redactions.select_related("by"))
