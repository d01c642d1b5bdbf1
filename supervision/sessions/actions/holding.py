"""What every act on a session shares. The people's enrolments are locked first, by id, then the session."""

from collections.abc import Iterable

from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.errors import IllegalMove, Refusal
from supervision.actions.practice import VisitRefused
from supervision.models import AttendanceMove, SessionAttendance, SessionMove, SupervisionSession, Supervisor
from supervision.sessions.enums import ATTENDANCE_MOVES, PRESENT, SESSION_MOVES, AttendanceState, SessionState
from supervision.sessions.queries import around, full_sessions
from supervision.sessions.ratio import local_day
from supervision.sessions.rules import Meeting, problems_of_meeting

UNDER_REVIEW = "This session is under review after a lapse. A program director decides about it first."


def lock_people(enrolments: Iterable[Enrolment]) -> dict[int, Enrolment]:
    """Hold all enrolments of these people, as visits do: nobody is at two places. Gives the ones asked for, by id."""
    wanted = {enrolment.pk: enrolment.person_id for enrolment in enrolments}
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(person__in=set(wanted.values())).order_by("pk")
    held = {row.pk: row for row in rows.select_related("person", "standard_version")}
    return {pk: held[pk] for pk in sorted(wanted)}


def lock_session(session: SupervisionSession) -> tuple[dict[int, Enrolment], SupervisionSession]:
    """Hold the people of a session and the session, freshly read."""
    enrolments = lock_people(Enrolment.objects.filter(session_attendances__session=session.pk))
    SupervisionSession.objects.select_for_update().get(pk=session.pk)
    return enrolments, full_sessions().get(pk=session.pk)


def lock_attendance(attendance: SessionAttendance) -> tuple[Enrolment, SupervisionSession, SessionAttendance]:
    """Hold one for an act of the trainee or of the supervisor: what is under review after a lapse is a director's alone."""
    enrolments, session = lock_session(attendance.session)
    [held] = [one for one in session.attendances.all() if one.pk == attendance.pk]
    if held.state == AttendanceState.QUESTIONED:
        raise IllegalMove(UNDER_REVIEW)
    held.session = session
    return enrolments[held.enrolment_id], session, held


def lock_supervisor(supervisor: Supervisor) -> Supervisor:
    """Held after the people: two sessions of hers are not planned for one time."""
    return Supervisor.objects.select_for_update().get(pk=supervisor.pk)


def check_meeting(
    meeting: Meeting,
    enrolments: Iterable[Enrolment],
    supervisor: Supervisor,
    *,
    by: User | None,
    present: int,
    is_plan: bool = False,
    ignore: int | None = None,
) -> None:
    """Raises `VisitRefused` with every rule that the session breaks."""
    found = around(meeting, enrolments, supervisor, is_plan=is_plan, by=by, present=present, ignore=ignore)
    if problems := problems_of_meeting(meeting, found):
        raise VisitRefused(problems)


def columns_of(meeting: Meeting) -> dict:
    names = ("on", "starts_at", "time_zone", "minutes", "format", "purpose", "modality", "others", "feedback")
    columns = {name: getattr(meeting, name) for name in names}
    return columns | {"began_at": meeting.began_at, "ended_at": meeting.ended_at, "topics": sorted(meeting.topics)}


def make_session(
    meeting: Meeting,
    enrolments: Iterable[Enrolment],
    supervisor: Supervisor,
    *,
    state: SessionState,
    by: User,
    covered_by: Supervisor | None = None,
) -> SupervisionSession:
    enrolments = list(enrolments)
    size = len(enrolments) + meeting.others
    session = SupervisionSession.objects.create(
        supervisor=supervisor, covered_by=covered_by, state=state, size=size, made_by=by, **columns_of(meeting)
    )
    SessionMove.objects.create(session=session, new=state, by=by)
    for enrolment in enrolments:
        attendance = SessionAttendance.objects.create(
            session=session, enrolment=enrolment, trainee=enrolment.person, on=day_of(meeting, enrolment)
        )
        AttendanceMove.objects.create(attendance=attendance, new=AttendanceState.PROPOSED, by=by)
    return session


def day_of(meeting: Meeting, enrolment: Enrolment):
    """The day on which it begins for the trainee, wherever the supervisor sits."""
    return local_day(meeting.began_at, enrolment.person.time_zone)


def move_session(session: SupervisionSession, new: SessionState, *, by: User | None, also: Iterable[str] = ()) -> None:
    """Change the state by the table of moves and write its history."""
    require_session_move(session, new)
    SessionMove.objects.create(session=session, old=session.state, new=new, by=by)
    session.state = new
    session.save(update_fields=["state", *also])


def require_session_move(session: SupervisionSession, new: SessionState) -> None:
    if new not in SESSION_MOVES[SessionState(session.state)]:
        raise IllegalMove(f"This is not possible: the session is now {SessionState(session.state).label.lower()}.")


def move_attendance(attendance: SessionAttendance, new: AttendanceState, *, by: User | None, reason: str = "") -> None:
    """Change the state by the table of moves and write its history; what is confirmed afterwards is a new version. Under
    review it keeps its version, for the signature may count again."""
    require_attendance_move(attendance, new)
    AttendanceMove.objects.create(attendance=attendance, old=attendance.state, new=new, by=by, reason=reason)
    attendance.state = new
    if new not in (AttendanceState.CONFIRMED, AttendanceState.QUESTIONED):
        attendance.version += 1
    attendance.save(update_fields=["state", "version"])


def require_attendance_move(attendance: SessionAttendance, new: AttendanceState) -> None:
    if new not in ATTENDANCE_MOVES[AttendanceState(attendance.state)]:
        words = AttendanceState(attendance.state).label.lower()
        raise IllegalMove(f"This is not possible: the attendance is now recorded as “{words}”.")


def count_people(session: SupervisionSession) -> None:
    """How many took part, after somebody was recorded as absent."""
    there = SessionAttendance.objects.filter(session=session, state__in=PRESENT).count()
    session.size = there + session.others
    session.save(update_fields=["size"])


def require_over(session: SupervisionSession) -> None:
    if session.ended_at > timezone.now():
        raise Refusal("This session is not over yet. It can be confirmed once it has taken place.")
