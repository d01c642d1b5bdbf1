"""Gathering the facts of supervision: a fixed number of grouped queries for any number of trainees.

Weeks are those of the trainee's own days: of the date that she wrote for a visit, and of the day that a session began on
in her own time zone when it was recorded. Neither moves afterwards.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Expression, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncWeek

from courses.standards.contract import Subject
from courses.standards.marks import newest_of
from lms.accounts.models import User
from supervision.evidence import (
    APPROVED,
    PENDING,
    QUESTIONED,
    approved_then,
    asked_about,
    evidence_of,
    prior_evidence,
    questioned_then,
    visit_fields,
    waiting_then,
)
from supervision.models import AttendanceMove, LogMove, PracticeLog, PriorMove, SessionAttendance, SessionMove
from supervision.sessions.enums import CATEGORY_OF, AttendanceState, SessionFormat, SessionState
from supervision.sessions.judge import ABSENT, CANCELLED, DISPUTED, Piece, SupervisionFacts
from supervision.sessions.ratio import local_day, week_of


def gather_supervision(
    subjects: Sequence[Subject], as_of: datetime, *, detail: bool = False
) -> dict[Subject, SupervisionFacts]:
    """One query each for the zones, visits, prior hours and sessions; visits read by rows have one more beside windows."""
    facts = {subject: SupervisionFacts(is_detailed=detail) for subject in subjects}
    zones = dict(User.objects.filter(pk__in={subject.person for subject in subjects}).values_list("pk", "time_zone"))
    for subject in subjects:
        facts[subject].today = local_day(as_of, zones.get(subject.person, "UTC"))
    whole = [subject for subject in subjects if not detail and subject.is_whole]
    by_rows = [subject for subject in subjects if detail or not subject.is_whole]
    if whole:
        own = {subject.enrolment: facts[subject].pieces for subject in whole}
        for enrolment, piece in _visits_by_week(own.keys(), as_of):
            own[enrolment].append(piece)
    if by_rows:
        _gather_visits(by_rows, facts, as_of)
    _gather_prior(facts, as_of)
    _gather_sessions(subjects, facts, as_of)
    return facts


def marks() -> list[Expression]:
    return [
        newest_of(LogMove, enrolment="log__enrolment"),
        newest_of(PriorMove, enrolment="prior__enrolment"),
        newest_of(AttendanceMove, enrolment="attendance__enrolment"),
        newest_of(SessionMove, enrolment="session__attendances__enrolment"),
    ]


# Visits ---------------------------------------------------------------------------------------------------------------


def _visits_by_week(enrolments, as_of: datetime) -> Iterator[tuple[int, Piece]]:
    """Minutes of each category in each week, approved by then, waiting then, and under review since then or before."""
    rows = PracticeLog.objects.filter(enrolment__in=enrolments).order_by()
    rows = rows.annotate(week=TruncWeek("on")).values_list("enrolment_id", "category_key", "week")
    sums = rows.annotate(
        approved=Sum("minutes", filter=approved_then(as_of), default=0),
        waiting=Sum("minutes", filter=waiting_then(as_of), default=0),
        questioned=Sum("minutes", filter=questioned_then(as_of), default=0),
    )
    is_any = Q(approved__gt=0) | Q(waiting__gt=0) | Q(questioned__gt=0)
    for enrolment, category, week, approved, waiting, questioned in sums.filter(is_any):
        for status, minutes in ((APPROVED, approved), (PENDING, waiting), (QUESTIONED, questioned)):
            if minutes:
                yield enrolment, Piece(minutes, status, _format_of(category), week, category=category)


def _gather_visits(subjects: Sequence[Subject], facts: Mapping[Subject, SupervisionFacts], as_of: datetime) -> None:
    logs = PracticeLog.objects.filter(asked_about(subjects), submitted_at__lte=as_of).order_by("on", "id")
    rows = logs.values_list(*visit_fields(), "minutes")
    for subject, visit, status, (minutes,) in evidence_of(subjects, rows, as_of):
        facts[subject].pieces.append(
            Piece(
                minutes,
                status,
                _format_of(visit.category),
                week_of(visit.on),
                category=visit.category,
                kind="practice_log",
                id=visit.id,
                on=visit.on,
                label=f"Entry of {visit.on.day} {visit.on:%b %Y}",
            )
        )


def _format_of(category: str) -> str:
    return str(CATEGORY_OF.get(category, ""))


# Prior hours ----------------------------------------------------------------------------------------------------------


def _gather_prior(facts: Mapping[Subject, SupervisionFacts], as_of: datetime) -> None:
    """The hours brought along to the enrolments counted whole, as they stood then. One query."""
    for subject, row, status in prior_evidence(facts, as_of):
        facts[subject].pieces.append(
            Piece(
                row.minutes,
                status,
                _format_of(row.category_key),
                date.min,
                is_transferred=True,
                category=row.category_key,
                kind="prior_hours",
                id=row.pk,
                on=row.ended_on,
                label=row.label,
            )
        )


# Sessions -------------------------------------------------------------------------------------------------------------

STATUSES = {
    AttendanceState.PROPOSED: PENDING,
    AttendanceState.CONFIRMED: APPROVED,
    AttendanceState.QUESTIONED: QUESTIONED,
    AttendanceState.DISPUTED: DISPUTED,
    AttendanceState.ABSENT: ABSENT,
}


def _gather_sessions(subjects: Sequence[Subject], facts: Mapping[Subject, SupervisionFacts], as_of: datetime) -> None:
    """Each session of these trainees as it stood then: one short row for each, about one a week. One query."""
    then = {"at__lte": as_of}
    own = AttendanceMove.objects.filter(attendance=OuterRef("pk"), **then).order_by("-id").values("new")[:1]
    of_session = SessionMove.objects.filter(session=OuterRef("session"), **then).order_by("-id").values("new")[:1]
    rows = SessionAttendance.objects.filter(asked_about(subjects)).annotate(
        then=Subquery(own), session_then=Subquery(of_session)
    )
    rows = rows.filter(then__isnull=False).order_by("on", "id")
    names = ("enrolment_id", "trainee_id", "on", "then", "session_then", "session_id")
    session = ("began_at", "minutes", "format", "size")
    whose: dict[tuple, list[Subject]] = {}
    for subject in subjects:
        key = (subject.enrolment, None) if subject.enrolment else (None, subject.person)
        whose.setdefault(key, []).append(subject)
    for row in rows.values_list(*names, *(f"session__{name}" for name in session)):
        enrolment, trainee, on, state, session_state, pk, began_at, minutes, format_, size = row
        status = _status_of_session(state, session_state)
        for subject in (*whose.get((enrolment, None), ()), *whose.get((None, trainee), ())):
            if subject.spans(began_at):
                if session_state == SessionState.CANCELLED and state == AttendanceState.PROPOSED:
                    facts[subject].cancelled.add(week_of(on))
                if status:
                    label = f"{SessionFormat(format_).label} session of {on.day} {on:%b %Y}"
                    facts[subject].pieces.append(
                        Piece(minutes, status, format_, week_of(on), size, kind="session", id=pk, on=on, label=label)
                    )


def _status_of_session(state: str, session_state: str) -> str:
    """A plan is no evidence yet; what was taken back never was."""
    if session_state == SessionState.CANCELLED:
        return CANCELLED
    if session_state not in (SessionState.LOGGED, SessionState.HELD):
        return ""
    return STATUSES[AttendanceState(state)]
