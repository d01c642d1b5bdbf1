"""From the database to plain values: visits, sessions of supervision and hours from elsewhere as lines of one log."""

from collections.abc import Callable, Iterator
from datetime import time

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from courses.standards.enums import Bucket
from courses.standards.queries import definition_of
from supervision.enums import COUNTING, Decision, LogState, Meaning, Phase, PracticeRole, PriorState
from supervision.exports.choices import Choices
from supervision.exports.facts import Entry, Log, Signature, What
from supervision.exports.queries import chosen_logs, chosen_prior, chosen_sessions, is_in_lieu, signer_of
from supervision.models import PracticeLog, PriorHours, PriorMove, SessionAttendance, SessionSignature, SignOff
from supervision.queries.placement import categories_of
from supervision.queries.practice import label_of
from supervision.sessions.enums import (
    CATEGORY_OF,
    AttendanceState,
    SessionFormat,
    SessionMeaning,
    SessionPurpose,
    SessionState,
)
from supervision.sessions.judge import Piece, SupervisionConfig, format_in
from supervision.sessions.queries import topic_labels

CHUNK = 500
ACCEPTED = "Accepted as hours from elsewhere"
IsGroup = Callable[[str], bool]


def log_of(enrolment: Enrolment, choices: Choices, *, with_reflections: bool) -> Log:
    """What was chosen as plain values, entries in pieces of `CHUNK`. What was signed is not decrypted for it, and the
    words of the trainee only when they are to stand in the file."""
    categories, is_group = categories_of(enrolment), _group_rule(enrolment)
    entries = [
        *_visits(enrolment, choices, categories, is_group, with_reflections=with_reflections),
        *_sessions(enrolment, choices, is_group, with_words=with_reflections),
        *_prior(enrolment, choices, categories, is_group, with_words=with_reflections),
    ]
    labels = [category.label for category in categories.values()]
    person = enrolment.person
    return Log(
        trainee=person.legal_name or str(person),
        program=enrolment.program.title,
        standard=str(enrolment.standard_version),
        zone=person.time_zone,
        entries=tuple(sorted(entries, key=_place)),
        categories=(*labels, *_session_labels(), *map(_transferred, labels)),
        phases=tuple(Phase.choices),
        is_demonstration=enrolment.program.is_demonstration,
    )


def _place(entry: Entry) -> tuple:
    return entry.on, entry.starts_at or time.min, entry.what, entry.number


def _group_rule(enrolment: Enrolment) -> IsGroup:
    """Whether supervision of a format stands in the column of groups: as the pinned standard counts it. What it does not
    count at all is never shown as individual."""
    requirements = definition_of(enrolment.standard_version).requirements
    configs = [one.config for one in requirements if one.kind == "supervision_minutes"]
    config = next((one for one in configs if one.track in ("", enrolment.track)), SupervisionConfig("", ""))
    return lambda name: format_in(Piece(0, "", name), config) != SessionFormat.INDIVIDUAL


# Visits ---------------------------------------------------------------------------------------------------------------


def _visits(
    enrolment: Enrolment,
    choices: Choices,
    categories: dict[str, Category],
    is_group: IsGroup,
    *,
    with_reflections: bool,
) -> Iterator[Entry]:
    logs = chosen_logs(enrolment, choices)
    if not with_reflections:
        logs = logs.defer("reflection")
    signatures = _signatures_of(enrolment)
    for log in logs.iterator(chunk_size=CHUNK):
        reflection = log.reflection if with_reflections else ""
        yield _visit(log, categories, is_group, signatures.get(log.pk), reflection)


def _signatures_of(enrolment: Enrolment) -> dict[int, Signature]:
    """The latest approval of each entry."""
    rows = SignOff.objects.filter(log__enrolment=enrolment, decision=Decision.APPROVED)
    rows = rows.select_related("link__supervisor").defer("content")
    return {row.log_id: _signature(row, Meaning(row.meaning).label) for row in rows.order_by("id")}


def _signature(row: SignOff | SessionSignature, meaning: str) -> Signature:
    return Signature(
        signer=str(signer_of(row)),
        printed_name=row.printed_name,
        role_held=row.role_held,
        meaning=meaning,
        signed_at=row.signed_at,
        sha256=row.sha256,
        qualifications=row.qualifications,
        is_in_lieu=is_in_lieu(row),
    )


def _visit(
    log: PracticeLog,
    categories: dict[str, Category],
    is_group: IsGroup,
    signature: Signature | None,
    reflection: str,
) -> Entry:
    is_approved = log.state in COUNTING
    return Entry(
        number=log.pk,
        state=log.state_words,
        is_approved=is_approved,
        is_waiting=log.state == LogState.SUBMITTED and log.supersedes_id is None,
        on=log.on,
        starts_at=log.starts_at,
        time_zone=log.time_zone,
        began_at=log.began_at,
        role=PracticeRole(log.role).label,
        minutes=log.minutes,
        phases={segment.phase: segment.minutes for segment in log.segments.all()},
        codes=tuple(row.client.code for row in log.client_rows.all()),
        has_consent=log.client_consented,
        site=str(log.placement.site),
        supervisor=str(log.placement.supervisor),
        sent_at=log.submitted_at,
        decided_at=log.decided_at,
        corrects=log.supersedes_id,
        reflection=reflection,
        signature=signature if is_approved else None,
        **_kind_of(log.category_key, categories, is_group),
    )


def _kind_of(key: str, categories: dict[str, Category], is_group: IsGroup) -> dict:
    category = categories.get(key)
    return {
        "category_key": key,
        "category": label_of(key, categories),
        "bucket": category.bucket if category else "",
        "is_direct": bool(category and category.is_direct and category.bucket == Bucket.DIRECT),
        "is_group": is_group(str(CATEGORY_OF.get(key, ""))),
    }


# Sessions -------------------------------------------------------------------------------------------------------------


def _sessions(enrolment: Enrolment, choices: Choices, is_group: IsGroup, *, with_words: bool) -> Iterator[Entry]:
    rows = chosen_sessions(enrolment, choices)
    if not with_words:
        rows = rows.defer("session__feedback")
    if not (rows := list(rows)):
        return
    found = SessionSignature.objects.filter(attendance__enrolment=enrolment).select_related("supervisor")
    signatures = {row.attendance_id: row for row in found.defer("content").order_by("id")}
    labels = topic_labels() if with_words else {}
    for row in rows:
        yield _session(row, is_group, signatures.get(row.pk), labels, with_words=with_words)


def _session(
    row: SessionAttendance,
    is_group: IsGroup,
    signed: SessionSignature | None,
    labels: dict[str, str],
    *,
    with_words: bool,
) -> Entry:
    session = row.session
    is_approved = session.state == SessionState.HELD and row.state == AttendanceState.CONFIRMED
    is_logged = session.made_by_id == row.trainee_id
    is_cancelled = session.state == SessionState.CANCELLED
    return Entry(
        number=session.pk,
        state=(session if is_cancelled else row).get_state_display(),
        is_approved=is_approved,
        is_waiting=session.state in (SessionState.LOGGED, SessionState.HELD) and row.state == AttendanceState.PROPOSED,
        on=session.on,
        starts_at=session.starts_at,
        time_zone=session.time_zone,
        began_at=session.began_at,
        category_key="",
        category=session_label(session.format, session.purpose),
        bucket=Bucket.SUPERVISION,
        is_direct=False,
        role="",
        minutes=session.minutes,
        phases={},
        codes=(),
        has_consent=False,
        site="",
        supervisor=str(session.supervisor),
        sent_at=session.made_at if is_logged else None,
        decided_at=signed.signed_at if signed and is_approved else None,
        is_group=is_group(session.format),
        signature=_signature(signed, SessionMeaning(signed.meaning).label) if signed and is_approved else None,
        what=What.SESSION,
        day=row.on,
        topics=tuple(labels.get(key, key) for key in session.topics) if with_words else (),
        words=session.feedback if with_words else "",
    )


def session_label(format_: str, purpose: str) -> str:
    """
    >>> session_label("group", "consultation")
    'Session: group consultation'
    """
    return f"Session: {SessionFormat(format_).label.lower()} {SessionPurpose(purpose).label.lower()}"


def _session_labels() -> list[str]:
    return [session_label(format_, purpose) for format_ in SessionFormat.values for purpose in SessionPurpose.values]


# Hours from elsewhere -------------------------------------------------------------------------------------------------


def _prior(
    enrolment: Enrolment, choices: Choices, categories: dict[str, Category], is_group: IsGroup, *, with_words: bool
) -> Iterator[Entry]:
    rows = chosen_prior(enrolment, choices)
    if not with_words:
        rows = rows.defer("note")
    if not (rows := list(rows)):
        return
    moves = PriorMove.objects.filter(prior__enrolment=enrolment, new=PriorState.APPROVED).select_related("by")
    accepted = {move.prior_id: move for move in moves.defer("reason").order_by("id")}
    for row in rows:
        yield _prior_entry(row, categories, is_group, accepted.get(row.pk), row.note if with_words else "")


def _prior_entry(
    row: PriorHours, categories: dict[str, Category], is_group: IsGroup, move: PriorMove | None, note: str
) -> Entry:
    kind = _kind_of(row.category_key, categories, is_group)
    is_approved = row.state == PriorState.APPROVED
    return Entry(
        number=row.pk,
        state=row.get_state_display(),
        is_approved=is_approved,
        is_waiting=row.state == PriorState.SUBMITTED and row.supersedes_id is None,
        on=row.began_on,
        starts_at=None,
        time_zone="",
        began_at=None,
        role="",
        minutes=row.minutes,
        phases={row.phase: row.minutes} if row.phase else {},
        codes=(),
        has_consent=False,
        site=row.institution,
        supervisor=row.supervisor_name,
        sent_at=row.submitted_at,
        decided_at=row.decided_at,
        corrects=row.supersedes_id,
        signature=_acceptance(move) if is_approved and move else None,
        what=What.PRIOR,
        until=row.ended_on,
        words=note,
        **kind | {"category": _transferred(kind["category"])},
    )


def _transferred(label: str) -> str:
    return f"{label}, from elsewhere"


def _acceptance(move: PriorMove) -> Signature:
    name = (move.by.legal_name or str(move.by)) if move.by else ""
    return Signature("", name, "Program director", ACCEPTED, move.at, move.sha256)
