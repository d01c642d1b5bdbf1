"""A trainee's acts: log a session, put it right, take it back; excuse herself from a planned one; object."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.review import reason_to_return
from supervision.models import SessionAttendance, SupervisionSession, Supervisor
from supervision.queries.placement import may_supervise
from supervision.sessions.actions.holding import (
    check_meeting,
    columns_of,
    day_of,
    lock_attendance,
    lock_people,
    make_session,
    move_attendance,
    move_session,
    require_attendance_move,
    require_session_move,
)
from supervision.sessions.enums import AttendanceState, SessionState
from supervision.sessions.queries import cover_of
from supervision.sessions.rules import Meeting

NO_SUPERVISOR = "This supervisor cannot confirm your sessions now. Please ask your program director."


@transaction.atomic
def log_session(enrolment: Enrolment, meeting: Meeting, *, supervisor: Supervisor, by: User) -> SupervisionSession:
    """Log a session that took place, for the supervisor to confirm, or for whoever decides in her place since her work was
    handed over. It counts once that one has.

    Raises `VisitRefused` with every rule that it breaks.
    """
    [enrolment] = lock_people([enrolment]).values()
    _require_trainee(enrolment, by)
    cover = cover_of(enrolment, supervisor, meeting.on)
    _require_supervisor(cover or supervisor, enrolment)
    _check(meeting, enrolment, supervisor, by=by)
    session = make_session(meeting, [enrolment], supervisor, state=SessionState.LOGGED, by=by, covered_by=cover)
    record("supervision.session.logged", by=by, about=session, minutes=session.minutes)
    tell_decider(session.decider)
    return session


@transaction.atomic
def amend_session(
    attendance: SessionAttendance, meeting: Meeting, *, supervisor: Supervisor, by: User, version: int
) -> SupervisionSession:
    """Put a logged session right and send it again. `version` is what the form showed; a newer one is not overwritten."""
    enrolment, session, attendance = lock_attendance(attendance)
    _require_trainee(enrolment, by)
    if session.state != SessionState.LOGGED:
        raise IllegalMove(f"This session is {session.get_state_display().lower()} and cannot be changed.")
    if session.version != version:
        raise Refusal("This session was changed in another window. Reload the page and put your change in again.")
    cover = cover_of(enrolment, supervisor, meeting.on)
    _require_supervisor(cover or supervisor, enrolment)
    _check(meeting, enrolment, supervisor, by=by, ignore=session.pk)
    columns = columns_of(meeting) | {
        "supervisor": supervisor,
        "covered_by": cover,
        "size": 1 + meeting.others,
        "version": session.version + 1,
    }
    for name, value in columns.items():
        setattr(session, name, value)
    session.save(update_fields=list(columns))
    attendance.on = day_of(meeting, enrolment)
    attendance.save(update_fields=["on"])
    if attendance.state == AttendanceState.DISPUTED:
        move_attendance(attendance, AttendanceState.PROPOSED, by=by)
    record("supervision.session.amended", by=by, about=session, version=session.version)
    tell_decider(session.decider)
    return session


@transaction.atomic
def withdraw_session(attendance: SessionAttendance, *, by: User) -> SupervisionSession:
    """Take back a session that nobody has confirmed. The row stays, and its time is free again."""
    enrolment, session, attendance = lock_attendance(attendance)
    _require_trainee(enrolment, by)
    require_session_move(session, SessionState.WITHDRAWN)
    move_session(session, SessionState.WITHDRAWN, by=by)
    record("supervision.session.withdrawn", by=by, about=session)
    return session


@transaction.atomic
def excuse_from_session(attendance: SessionAttendance, *, by: User) -> SessionAttendance:
    """Not come to a planned session. Unlike one that the supervisor cancels, this leaves the ratio as it is."""
    enrolment, session, attendance = lock_attendance(attendance)
    _require_trainee(enrolment, by)
    if session.state != SessionState.PLANNED:
        raise IllegalMove("You can excuse yourself from a session that is planned.")
    move_attendance(attendance, AttendanceState.ABSENT, by=by)
    record("supervision.attendance.excused", by=by, about=attendance, session=session.pk)
    return attendance


@transaction.atomic
def object_to_session(attendance: SessionAttendance, *, by: User, reason: str) -> SessionAttendance:
    """Say that it was not as the supervisor recorded it. It does not count until she has answered."""
    reason = reason_to_return(reason)
    enrolment, session, attendance = lock_attendance(attendance)
    _require_trainee(enrolment, by)
    if session.state != SessionState.HELD:
        raise IllegalMove("You can object to a session that your supervisor has confirmed or recorded.")
    require_attendance_move(attendance, AttendanceState.DISPUTED)
    move_attendance(attendance, AttendanceState.DISPUTED, by=by, reason=reason)
    record("supervision.attendance.objected", by=by, about=attendance, session=session.pk)
    tell_decider(session.decider)
    return attendance


def _check(
    meeting: Meeting, enrolment: Enrolment, supervisor: Supervisor, *, by: User, ignore: int | None = None
) -> None:
    check_meeting(meeting, [enrolment], supervisor, by=by, present=1, ignore=ignore)


def _require_trainee(enrolment: Enrolment, by: User) -> None:
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee herself does that.")


def _require_supervisor(supervisor: Supervisor, enrolment: Enrolment) -> None:
    if not may_supervise(supervisor, enrolment):
        raise Refusal(NO_SUPERVISOR)


def tell_decider(supervisor: Supervisor) -> None:
    """At most one mail a day says that sessions wait; the page says which. Without an account she gets a link."""
    from supervision.signing.tasks import call  # late: the tasks of signing import the acts of sessions

    if supervisor.person is None:
        call.enqueue(supervisor.pk)  # by a task of its own: it holds her row, and here sessions are held
        return
    notify(
        supervisor.person,
        key=f"sessions-{supervisor.pk}-{timezone.now():%Y-%m-%d}",
        subject="Sessions wait for you",
        text="You are asked to confirm a session, or a trainee has something to say about one.",
        path=reverse("review_sessions"),
        button="Open your sessions",
    )
