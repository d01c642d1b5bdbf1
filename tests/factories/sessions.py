"""Supervision sessions in every state, made by the real actions."""

from datetime import time

from supervision.models import Placement, SessionAttendance, SupervisionSession
from supervision.queries.review import content_hash
from supervision.sessions.actions.attending import log_session
from supervision.sessions.actions.leading import confirm_attendance, plan_session, record_session
from supervision.sessions.enums import SessionMeaning
from supervision.sessions.queries import signed_session
from supervision.sessions.rules import Meeting
from tests.factories.numbers import next_day


def make_meeting(**fields) -> Meeting:
    """An hour in the evening of a day that no other session made here has taken."""
    values = {
        "on": next_day("session"),
        "starts_at": time(18, 0),
        "time_zone": "America/Denver",
        "minutes": 60,
        "format": "individual",
        "purpose": "supervision",
        "modality": "video",
    }
    return Meeting(**values | fields)


def make_logged(placement: Placement, **fields) -> SupervisionSession:
    trainee = placement.enrolment.person
    return log_session(placement.enrolment, make_meeting(**fields), supervisor=placement.supervisor, by=trainee)


def make_recorded(*placements: Placement, **fields) -> SupervisionSession:
    if len(placements) > 1:
        fields = {"format": "triadic" if len(placements) == 2 else "group"} | fields
    enrolments = [placement.enrolment for placement in placements]
    by = placements[0].supervisor.person
    return record_session(make_meeting(**fields), enrolments=enrolments, meaning=SessionMeaning.LED, by=by)


def make_planned(*placements: Placement, **fields) -> SupervisionSession:
    if len(placements) > 1:
        fields = {"format": "triadic" if len(placements) == 2 else "group"} | fields
    enrolments = [placement.enrolment for placement in placements]
    return plan_session(make_meeting(**fields), enrolments=enrolments, by=placements[0].supervisor.person)


def attendance_of(session: SupervisionSession, placement: Placement) -> SessionAttendance:
    return SessionAttendance.objects.select_related("session").get(session=session, enrolment=placement.enrolment)


def seen_session(attendance: SessionAttendance) -> str:
    """The hash that the page shows for this attendance."""
    fresh = SessionAttendance.objects.select_related("session").get(pk=attendance.pk)
    return content_hash(signed_session(fresh))


def confirm(attendance: SessionAttendance, *, by=None) -> SessionAttendance:
    by = by or attendance.session.supervisor.person
    return confirm_attendance(attendance, meaning=SessionMeaning.LED, by=by, seen=seen_session(attendance))
