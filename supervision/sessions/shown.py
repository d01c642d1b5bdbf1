"""How sessions and weeks are shown, alike to trainees and supervisors."""

from datetime import UTC, timedelta

from lms.web.templatetags.ui import day, minutes
from supervision.enums import LapseDecision
from supervision.models import LapseCase, SessionAttendance, SupervisionSession
from supervision.sessions.enums import ATTENDANCE_TONES, AttendanceState, SessionState
from supervision.sessions.queries import OwnWeeks, topic_labels
from supervision.sessions.ratio import WeekState, due_until, week_of
from supervision.signing.shown import by_link

WEEKS_SHOWN = 8
WEEK_TONES = {
    WeekState.KEPT: "met",
    WeekState.OPEN: "info",
    WeekState.MAKE_UP: "waiting",
    WeekState.FAILED: "accent",
}

MOVE_WORDS = {
    (AttendanceState.CONFIRMED, AttendanceState.QUESTIONED): "Under review after a lapse of the supervisor’s papers",
    (AttendanceState.QUESTIONED, AttendanceState.CONFIRMED): "Counts again",
    (AttendanceState.QUESTIONED, AttendanceState.PROPOSED): "To be confirmed again, by another supervisor",
    (AttendanceState.PROPOSED, AttendanceState.QUESTIONED): (
        "Not to be confirmed again: the lapse was recorded in error"
    ),
}


def session_facts(session: SupervisionSession, *, labels: dict[str, str] | None = None) -> list[dict]:
    labels = topic_labels() if labels is None else labels
    people = "One trainee, with the supervisor" if session.size <= 1 else f"{session.size} people, with the supervisor"
    facts = [
        ("Format", session.get_format_display()),
        ("It was", session.get_purpose_display()),
        ("How", session.get_modality_display()),
        ("Date", f"{day(session.on)}, {session.starts_at:%H:%M} ({session.time_zone.replace('_', ' ')})"),
        ("Length", minutes(session.minutes)),
        ("Took part", people),
        ("Supervisor", str(session.supervisor)),
        ("Confirmed by, in her place", str(session.covered_by) if session.covered_by_id else ""),
        ("About", ", ".join(labels.get(key, key) for key in session.topics)),
        ("In a few words", session.feedback),
        ("Cancelled", _cancelled(session)),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _cancelled(session: SupervisionSession) -> str:
    if session.state != SessionState.CANCELLED:
        return ""
    at = session.cancelled_at.astimezone(UTC)
    return f"By {session.cancelled_by}, {day(at.date())}, {at:%H:%M} UTC"


def state_of(attendance: SessionAttendance) -> dict:
    """One word for a trainee: that of the session while it is planned or cancelled, else that of her attendance."""
    session = attendance.session
    if session.state in (SessionState.PLANNED, SessionState.CANCELLED) and attendance.state != AttendanceState.ABSENT:
        return {"label": session.get_state_display(), "kind": session.tone}
    return {"label": attendance.get_state_display(), "kind": attendance.tone}


def events_of(session: SupervisionSession, attendance: SessionAttendance | None) -> list[dict]:
    """The history of a session, with what happened to one attendance."""
    events = [
        {
            "title": SessionState(move.new).label,
            "when": move.at,
            "by": str(move.by or ""),
            "body": "",
            "kind": "neutral",
        }
        for move in session.moves.select_related("by")
    ]
    for move in attendance.moves.select_related("by") if attendance else ():
        if move.old:
            words = MOVE_WORDS.get((move.old, move.new), AttendanceState(move.new).label)
            kind = ATTENDANCE_TONES[move.new]
            events.append(
                {"title": words, "when": move.at, "by": str(move.by or ""), "body": move.reason, "kind": kind}
            )
    return sorted(events, key=lambda event: event["when"])


def lapse_words(attendance: SessionAttendance, case: LapseCase | None, *, has_history: bool = True) -> dict | None:
    """What is under review and what happens next; or what was decided, while it says how the session stands.
    `has_history`: the page shows what happened to this attendance."""
    if case is None:
        return None
    paper = f"The supervisor’s {case.lapse.get_kind_display().lower()}"
    if attendance.state == AttendanceState.QUESTIONED:
        body = (
            f"{paper} may not have been valid on the day of this session. It does not count meanwhile. A program director "
            "decides: it counts again, or another supervisor confirms it. Nothing needs to be done meanwhile."
        )
        return {"kind": "waiting", "title": "Under review after a lapse", "body": body}
    lapsed = f"{paper} had lapsed on the day of this session."
    if case.decision == LapseDecision.KEPT:
        where = " The history gives the reason." if has_history else ""
        body = f"{lapsed} A program director kept it, for it was confirmed in good faith.{where}"
        return {"kind": "info", "title": "Kept in good faith", "body": body}
    body = f"{lapsed} {case.to} is asked to confirm it. It counts once she has, and nothing else needs to be done meanwhile."
    return {"kind": "waiting", "title": "To be confirmed again", "body": body}


def signatures_of(attendance: SessionAttendance) -> list[dict]:
    """As for visits: name, role, meaning, time in UTC and fingerprint stand on every copy."""
    shown = []
    for one in attendance.signatures.select_related("link", "redaction"):
        at = one.signed_at.astimezone(UTC)
        shown.append(
            {
                "words": f"Confirmed by {one.printed_name}, {one.role_held.lower()}{by_link(one.link)}",
                "meaning": f"“{one.get_meaning_display()}”",
                "at": f"{at.day} {at:%b %Y, %H:%M} UTC",
                "hash": one.sha256,
                "version": one.version,
                "removed_on": one.redaction and one.redaction.at,
            }
        )
    return shown


def week_rows(own: OwnWeeks) -> list[dict]:
    """The last weeks, the newest first, each with its state in words. What waits is counted."""
    rows = []
    for week in reversed(own.expected[-WEEKS_SHOWN:]):
        note = f"until {day(week.last_day)}" if week.last_day else ""
        if week.was_made_up:
            note = "made up later"
        rows.append(
            {
                "week": f"{day(week.monday)} to {day(week.monday + timedelta(days=6))}",
                "practised": minutes(week.practised),
                "due": minutes(week.due),
                "paid": minutes(week.paid),
                "state": "This week" if week.state == WeekState.OPEN else week.state.label,
                "kind": WEEK_TONES[week.state],
                "note": note,
                "is_cancelled": week.is_cancelled,
            }
        )
    return rows


def due_sentence(own: OwnWeeks) -> tuple[str, object]:
    """What cannot wait longer than this Sunday, and that day; else what is due next. Empty when nothing is."""
    sunday = week_of(own.today) + timedelta(days=6)
    now = due_until(own.expected, sunday)
    if now:
        return f"{minutes(now)} of supervision {_are(now)} due by Sunday, {day(sunday)}", sunday
    later = sorted({week.last_day for week in own.expected if week.last_day})
    if not later:
        return "", None
    left = due_until(own.expected, later[0])
    return f"{minutes(left)} of supervision {_are(left)} due by {day(later[0])}", later[0]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
