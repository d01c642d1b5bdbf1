"""A supervisor's acts: plan, record, cancel, confirm, and answer what a trainee says."""

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.review import EntryChanged, reason_to_return
from supervision.actions.signer import account_of, name_of, papers_in_words, require_verified_link
from supervision.actions.supervisor import supervisor_of
from supervision.models import SessionAttendance, SessionSignature, SigningLink, SupervisionSession, Supervisor
from supervision.queries.placement import may_supervise
from supervision.queries.review import content_hash
from supervision.sessions.actions.holding import (
    check_meeting,
    columns_of,
    count_people,
    day_of,
    lock_attendance,
    lock_people,
    lock_session,
    lock_supervisor,
    make_session,
    move_attendance,
    move_session,
    require_attendance_move,
    require_over,
    require_session_move,
)
from supervision.sessions.enums import AttendanceState, SessionMeaning, SessionState
from supervision.sessions.queries import may_confirm, meeting_of, signed_session, waiting_by_link
from supervision.sessions.rules import Meeting

NOT_HERS = "Only the supervisor of this session does that, for trainees whom she supervises now."


@transaction.atomic
def plan_session(meeting: Meeting, *, enrolments: Iterable[Enrolment], by: User) -> SupervisionSession:
    """Plan a session. It is no evidence yet; its trainees are told."""
    supervisor, held = _begin(enrolments, by)
    check_meeting(meeting, held, supervisor, by=by, present=len(held), is_plan=True)
    session = make_session(meeting, held, supervisor, state=SessionState.PLANNED, by=by)
    record("supervision.session.planned", by=by, about=session, trainees=[one.person_id for one in held])
    for enrolment in held:
        _tell(session, enrolment, "planned", "A session is planned", "Your supervisor has planned a session with you.")
    return session


@transaction.atomic
def record_session(
    meeting: Meeting, *, enrolments: Iterable[Enrolment], meaning: SessionMeaning, by: User
) -> SupervisionSession:
    """Record a session that took place: it counts at once for each of these trainees, with one signature for each."""
    supervisor, held = _begin(enrolments, by)
    check_meeting(meeting, held, supervisor, by=by, present=len(held))
    session = make_session(meeting, held, supervisor, state=SessionState.HELD, by=by)
    for attendance in session.attendances.select_related("enrolment__person"):
        _confirm(attendance, session, meaning=meaning, by=by)
    record("supervision.session.recorded", by=by, about=session, minutes=session.minutes, size=session.size)
    return session


@transaction.atomic
def record_planned(
    session: SupervisionSession,
    meeting: Meeting,
    *,
    present: Iterable[int],
    meaning: SessionMeaning,
    by: User,
    version: int,
) -> SupervisionSession:
    """Record a planned session as it took place: who was there (ids of attendances), and what else was different.
    `version` is what the form showed."""
    enrolments, session = lock_session(session)
    _require_leader(session, enrolments.values(), by)
    require_session_move(session, SessionState.HELD)
    if session.version != version:
        raise EntryChanged("This session has changed since you opened it. Read it again before you sign.")
    present = set(present)
    there = [one for one in session.attendances.all() if one.pk in present]
    if any(one.state != AttendanceState.PROPOSED for one in there):
        raise Refusal("One trainee has excused herself meanwhile. Look at the list again.")
    those = [enrolments[one.enrolment_id] for one in there]
    lock_supervisor(session.supervisor)
    check_meeting(meeting, those, session.supervisor, by=by, present=len(those), ignore=session.pk)
    columns = columns_of(meeting) | {"size": len(those) + meeting.others, "version": session.version + 1}
    for name, value in columns.items():
        setattr(session, name, value)
    move_session(session, SessionState.HELD, by=by, also=columns)
    for attendance in session.attendances.all():
        attendance.session = session
        attendance.on = day_of(meeting, enrolments[attendance.enrolment_id])
        attendance.save(update_fields=["on"])
        if attendance.pk in present:
            _confirm(attendance, session, meaning=meaning, by=by)
        elif attendance.state == AttendanceState.PROPOSED:
            move_attendance(attendance, AttendanceState.ABSENT, by=by)
    record("supervision.session.recorded", by=by, about=session, minutes=session.minutes, size=session.size)
    return session


@transaction.atomic
def cancel_session(session: SupervisionSession, *, by: User) -> SupervisionSession:
    """The supervisor cancels a planned session. It costs its trainees nothing: the ratio leaves the week out."""
    enrolments, session = lock_session(session)
    _require_leader(session, enrolments.values(), by)
    session.cancelled_by, session.cancelled_at = by, timezone.now()
    move_session(session, SessionState.CANCELLED, by=by, also=["cancelled_by", "cancelled_at"])
    record("supervision.session.cancelled", by=by, about=session, on=session.on)
    words = (
        "Your supervisor has cancelled a session. It costs you nothing: what was due in that week can be made up later."
    )
    for attendance in session.attendances.all():
        if attendance.state == AttendanceState.PROPOSED:
            _tell(session, enrolments[attendance.enrolment_id], "cancelled", "A session is cancelled", words)
    return session


@transaction.atomic
def confirm_attendance(
    attendance: SessionAttendance, *, meaning: SessionMeaning, by: User | SigningLink, seen: str
) -> SessionAttendance:
    """Confirm a session that a trainee logged, or once more after an objection or a lapse; with an account or by a link.
    `seen` is the SHA-256 of what was shown."""
    enrolment, session, attendance = lock_attendance(attendance)
    _require_confirmer(session, enrolment, by)
    require_attendance_move(attendance, AttendanceState.CONFIRMED)
    _require_seen(attendance, seen)
    _require_true(session, attendance, meaning)
    require_over(session)
    if session.state not in (SessionState.LOGGED, SessionState.HELD):
        raise IllegalMove(f"This is not possible: the session is now {session.get_state_display().lower()}.")
    if session.state == SessionState.LOGGED:
        lock_supervisor(session.supervisor)
        reader = account_of(by)
        check_meeting(meeting_of(session), [enrolment], session.supervisor, by=reader, present=1, ignore=session.pk)
        move_session(session, SessionState.HELD, by=reader)
    _confirm(attendance, session, meaning=meaning, by=by)
    return attendance


@transaction.atomic
def return_session(
    attendance: SessionAttendance, *, by: User | SigningLink, seen: str, reason: str
) -> SessionAttendance:
    """Give a session that a trainee logged back to her, with the reason that she reads first."""
    reason, account = reason_to_return(reason), account_of(by)
    enrolment, session, attendance = lock_attendance(attendance)
    _require_confirmer(session, enrolment, by)
    if session.state != SessionState.LOGGED:
        raise Refusal("Only a session that the trainee logged herself is returned.")
    _require_seen(attendance, seen)
    move_attendance(attendance, AttendanceState.DISPUTED, by=account, reason=reason)
    record("supervision.attendance.returned", by=account, about=attendance, session=session.pk)
    words = "Your supervisor has returned a session that you logged, and says what is to be put right."
    _tell(session, enrolment, f"returned-{attendance.version}", "A session came back to you", words)
    return attendance


@transaction.atomic
def record_absence(attendance: SessionAttendance, *, by: User | SigningLink, reason: str) -> SessionAttendance:
    """She was not there, or it was not as recorded: what was confirmed counts no more. The trainee reads the reason."""
    reason, account = reason_to_return(reason), account_of(by)
    enrolment, session, attendance = lock_attendance(attendance)
    _require_confirmer(session, enrolment, by)
    if session.state != SessionState.HELD:
        raise Refusal("Absence is recorded once the session has taken place.")
    move_attendance(attendance, AttendanceState.ABSENT, by=account, reason=reason)
    count_people(session)
    record("supervision.attendance.absent", by=account, about=attendance, session=session.pk)
    words = "Your supervisor has recorded that a session does not count for you, and says why."
    _tell(session, enrolment, f"absent-{attendance.version}", "A session was changed", words)
    return attendance


def _begin(enrolments: Iterable[Enrolment], by: User) -> tuple[Supervisor, list[Enrolment]]:
    """Hold the people, then the supervisor's own row. She may lead sessions of each of them now."""
    held = list(lock_people(enrolments).values())
    supervisor = lock_supervisor(supervisor_of(by, by=by))
    if not all(may_confirm(by, supervisor, enrolment) for enrolment in held):
        raise Refusal(NOT_HERS)
    return supervisor, held


def _require_leader(session: SupervisionSession, enrolments: Iterable[Enrolment], by: User) -> None:
    if not all(may_confirm(by, session.decider, enrolment) for enrolment in enrolments):
        raise Refusal(NOT_HERS)


def _require_confirmer(session: SupervisionSession, enrolment: Enrolment, by: User | SigningLink) -> None:
    """Never one of the trainees of the session, whatever roles she holds beside. By a link only while it runs, of somebody
    verified, and what still waits for her."""
    if isinstance(by, SigningLink):
        supervisor = lock_supervisor(by.supervisor)  # before her link, as whatever ends a link does
        require_verified_link(by)
        waits = waiting_by_link().filter(session=session, enrolment=enrolment, session__supervisor=supervisor)
        if not waits.exists() or not may_supervise(supervisor, enrolment):
            raise Refusal(NOT_HERS)
        return
    if session.attendances.filter(trainee=by).exists() or not may_confirm(by, session.decider, enrolment):
        raise Refusal(NOT_HERS)


def _require_true(session: SupervisionSession, attendance: SessionAttendance, meaning: SessionMeaning) -> None:
    """What is to be confirmed again after a lapse was led by somebody else, whose own signature stands no more."""
    is_again = session.state == SessionState.HELD and attendance.state == AttendanceState.PROPOSED
    if is_again and session.covered_by_id and meaning == SessionMeaning.LED:
        raise Refusal("You did not lead this session. Sign that you know of it, or say that it does not count.")


def _require_seen(attendance: SessionAttendance, seen: str) -> None:
    if content_hash(signed_session(attendance)) != seen:
        raise EntryChanged("This session has changed since you opened it. Read it again before you sign.")


def _confirm(
    attendance: SessionAttendance, session: SupervisionSession, *, meaning: SessionMeaning, by: User | SigningLink
) -> None:
    """The signature and the move. The caller holds the rows and has checked the signer."""
    attendance.session, account = session, account_of(by)
    if account and attendance.trainee_id == account.pk:
        raise Refusal(NOT_HERS)
    content = signed_session(attendance)
    SessionSignature.objects.create(
        attendance=attendance,
        version=attendance.version,
        meaning=SessionMeaning(meaning),
        supervisor=session.decider,
        signer=account,
        link=None if account else by,
        trainee_id=attendance.trainee_id,
        printed_name=name_of(by),
        role_held=Role.SUPERVISOR.label,
        qualifications=papers_in_words(by),
        content=content,
        sha256=content_hash(content),
    )
    move_attendance(attendance, AttendanceState.CONFIRMED, by=account)
    record(
        "supervision.attendance.confirmed",
        by=account,
        about=attendance,
        session=session.pk,
        minutes=session.minutes,
        meaning=meaning,
    )
    words = (
        "Your supervisor has confirmed a session with you. It counts. If something is wrong with it, you can object."
    )
    _tell(session, attendance.enrolment, f"confirmed-{attendance.version}", "A session is confirmed", words)


def _tell(session: SupervisionSession, enrolment: Enrolment, what: str, subject: str, text: str) -> None:
    notify(
        enrolment.person,
        key=f"session-{session.pk}-{enrolment.pk}-{what}",
        subject=subject,
        text=text,
        path=reverse("session_detail", args=[session.pk]),
        button="Open the session",
    )
