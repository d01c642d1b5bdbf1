"""What a lapse found later does to sessions: under review, counting again, or to be confirmed again. Only the acts on
lapses call it, which hold everybody who took part, and judge who decides."""

from collections.abc import Collection, Sequence

from lms.accounts.models import User
from lms.errors import Refusal
from lms.web.templatetags.ui import day
from supervision.enums import LapseDecision
from supervision.models import (
    LapseAttendance,
    LapseCase,
    SessionAttendance,
    SessionSignature,
    SupervisionSession,
    Supervisor,
)
from supervision.queries.placement import supervised_by
from supervision.sessions.actions.attending import tell_decider
from supervision.sessions.actions.holding import move_attendance
from supervision.sessions.enums import AttendanceState
from supervision.sessions.queries import full_sessions


def lock_attendances(pks: Collection[int]) -> list[SessionAttendance]:
    """Hold them, freshly read. The caller holds the enrolments of everybody in these sessions."""
    list(SessionAttendance.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    rows = SessionAttendance.objects.filter(pk__in=pks).select_related("session", "enrolment__person")
    return list(rows.defer("session__feedback").order_by("session__began_at", "pk"))


def question_attendances(attendances: Sequence[SessionAttendance], cases: Sequence[LapseCase], *, by: User) -> None:
    """Put sessions under review. One that another lapse put there before stays there for both."""
    of_enrolment = {case.enrolment_id: case for case in cases}
    LapseAttendance.objects.bulk_create(
        LapseAttendance(case=of_enrolment[one.enrolment_id], attendance=one) for one in attendances
    )
    for one in attendances:
        if one.state == AttendanceState.CONFIRMED:
            move_attendance(one, AttendanceState.QUESTIONED, by=by)


def restore_attendances(
    attendances: Sequence[SessionAttendance], cases: Sequence[LapseCase], *, by: User, reason: str
) -> None:
    """They count again by the signature they have, unless another lapse keeps them under review."""
    others = LapseAttendance.objects.filter(attendance__in=attendances, case__decision="").exclude(case__in=cases)
    kept = set(others.values_list("attendance", flat=True))
    for one in attendances:
        if one.pk not in kept:
            move_attendance(one, AttendanceState.CONFIRMED, by=by, reason=reason)


def send_to_confirm_again(attendances: Sequence[SessionAttendance], to: Supervisor, *, by: User, reason: str) -> None:
    """To another supervisor, who decides from now on in place of whoever led them: each as a new version, so that the old
    signature stays with the old one. A session goes as a whole or not at all, for it has one supervisor who decides."""
    if not attendances:
        return
    sessions = _lock_sessions({one.session_id for one in attendances})
    _require_whole(sessions, {one.pk for one in attendances})
    _require_supervisor_of_all(sessions, to)
    own = [session.pk for session in sessions if session.supervisor_id == to.pk]
    SupervisionSession.objects.filter(pk__in=[session.pk for session in sessions]).update(covered_by=to)
    SupervisionSession.objects.filter(pk__in=own).update(covered_by=None)
    for one in attendances:
        move_attendance(one, AttendanceState.PROPOSED, by=by, reason=reason)
    tell_decider(to)


def take_back_attendances(cases: Sequence[LapseCase], *, by: User) -> list[SessionAttendance]:
    """What these cases sent to be confirmed again and what still waits there is under review again, as it was signed, with
    the supervisor who decided about it then. What another lapse sent too stays where it waits."""
    rows = LapseAttendance.objects.filter(case__in=cases).values_list("attendance", flat=True)
    too = LapseAttendance.objects.filter(
        attendance__in=rows, case__decision=LapseDecision.AGAIN, case__lapse__annulled_at=None
    ).exclude(case__in=cases)
    kept = set(too.values_list("attendance", flat=True))
    held = [one for one in lock_attendances(list(rows)) if one.pk not in kept and one.state == AttendanceState.PROPOSED]
    signed = SessionSignature.objects.filter(attendance__in=held).defer("content").order_by("id")
    newest = {signature.attendance_id: signature for signature in signed}
    for one in held:
        signature, session = newest[one.pk], one.session
        was = None if signature.supervisor_id == session.supervisor_id else signature.supervisor_id
        SupervisionSession.objects.filter(pk=session.pk).update(covered_by=was)
        one.version = signature.version
        move_attendance(one, AttendanceState.QUESTIONED, by=by)
    return held


def _lock_sessions(pks: Collection[int]) -> list[SupervisionSession]:
    list(SupervisionSession.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    return list(full_sessions().filter(pk__in=pks).order_by("began_at", "pk"))


def _require_whole(sessions: Sequence[SupervisionSession], chosen: Collection[int]) -> None:
    """Whoever else was there may be outside the director's reach: she is not named."""
    for session in sessions:
        under_review = {one.pk for one in session.attendances.all() if one.state == AttendanceState.QUESTIONED}
        if not under_review <= set(chosen):
            raise Refusal(
                f"Session of {day(session.on)}: it is under review for other trainees too, and one supervisor confirms it again "
                "for all of them at once. Choose all of them, or keep it in good faith. Nothing is decided yet."
            )


def _require_supervisor_of_all(sessions: Sequence[SupervisionSession], to: Supervisor) -> None:
    """From now on she answers whatever any of its trainees says about it."""
    enrolments = {one.enrolment_id: one.enrolment for session in sessions for one in session.attendances.all()}
    free = supervised_by(to.person, enrolments.values())
    for session in sessions:
        if any(one.enrolment_id not in free for one in session.attendances.all()):
            raise Refusal(
                f"Session of {day(session.on)}: {to} cannot supervise everybody who was there. Choose another supervisor, or keep "
                "it in good faith. Nothing is decided yet."
            )
