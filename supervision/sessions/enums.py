"""Words of supervision and consultation sessions: their states and moves, formats, and what was talked about."""

from django.db import models


class SessionFormat(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    TRIADIC = "triadic", "Triadic"
    GROUP = "group", "Group"
    PEER = "peer", "Peer"


class SessionPurpose(models.TextChoices):
    """Supervision: practice under another's licence. Consultation: an independent licensee asks for advice."""

    SUPERVISION = "supervision", "Supervision"
    CONSULTATION = "consultation", "Consultation"


class Modality(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"


class SessionState(models.TextChoices):
    PLANNED = "planned", "Planned"
    LOGGED = "logged", "Logged by the trainee"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"
    WITHDRAWN = "withdrawn", "Taken back"


class AttendanceState(models.TextChoices):
    PROPOSED = "proposed", "Not confirmed yet"
    CONFIRMED = "confirmed", "Confirmed"
    QUESTIONED = "questioned", "Under review after a lapse"
    DISPUTED = "disputed", "Disputed"
    ABSENT = "absent", "Was not there"


SESSION_MOVES = {
    SessionState.PLANNED: {SessionState.HELD, SessionState.CANCELLED},
    SessionState.LOGGED: {SessionState.HELD, SessionState.WITHDRAWN},
    SessionState.HELD: set(),
    SessionState.CANCELLED: set(),
    SessionState.WITHDRAWN: set(),
}
ATTENDANCE_MOVES = {
    AttendanceState.PROPOSED: {
        AttendanceState.CONFIRMED,
        AttendanceState.DISPUTED,
        AttendanceState.ABSENT,
        AttendanceState.QUESTIONED,
    },
    AttendanceState.CONFIRMED: {AttendanceState.DISPUTED, AttendanceState.ABSENT, AttendanceState.QUESTIONED},
    AttendanceState.QUESTIONED: {AttendanceState.CONFIRMED, AttendanceState.PROPOSED, AttendanceState.DISPUTED},
    AttendanceState.DISPUTED: {AttendanceState.PROPOSED, AttendanceState.CONFIRMED, AttendanceState.ABSENT},
    AttendanceState.ABSENT: {AttendanceState.DISPUTED},
}
TAKING_PLACE = (SessionState.PLANNED, SessionState.LOGGED, SessionState.HELD)
PRESENT = (
    AttendanceState.PROPOSED,
    AttendanceState.CONFIRMED,
    AttendanceState.QUESTIONED,
    AttendanceState.DISPUTED,
)
# What the supervisor of a session that took place has to answer: an objection, or to confirm it again after a lapse.
TO_ANSWER = (AttendanceState.PROPOSED, AttendanceState.DISPUTED)
SESSION_TONES = {
    SessionState.PLANNED: "info",
    SessionState.LOGGED: "waiting",
    SessionState.HELD: "met",
    SessionState.CANCELLED: "neutral",
    SessionState.WITHDRAWN: "neutral",
}
ATTENDANCE_TONES = {
    AttendanceState.PROPOSED: "waiting",
    AttendanceState.CONFIRMED: "met",
    AttendanceState.QUESTIONED: "waiting",
    AttendanceState.DISPUTED: "accent",
    AttendanceState.ABSENT: "neutral",
}

# The activity categories, as shipped, that name each format; entries and prior hours of them have it too.
CATEGORY_OF = {
    "individual_consultation": SessionFormat.INDIVIDUAL,
    "triadic_consultation": SessionFormat.TRIADIC,
    "group_consultation": SessionFormat.GROUP,
    "peer_consultation": SessionFormat.PEER,
}

SESSION_MINUTES_MOST = 480
GROUP_MOST = 30
FEEDBACK_MOST = 400


class SessionMeaning(models.TextChoices):
    """What a supervisor declares with the signature: chosen, never assumed."""

    LED = "led", "I led this session, and the trainee took part in it"
    KNOWN = "known", "I did not lead this session, and know that the trainee took part in it"


SESSION_AUDIT_ACTIONS = {
    "supervision.session.planned": "Planned a supervision session",
    "supervision.session.recorded": "Recorded a supervision session",
    "supervision.session.cancelled": "Cancelled a supervision session",
    "supervision.session.logged": "Logged a supervision session",
    "supervision.session.amended": "Sent a returned supervision session again",
    "supervision.session.withdrawn": "Took a supervision session back",
    "supervision.attendance.excused": "Excused herself from a supervision session",
    "supervision.attendance.confirmed": "Confirmed attendance of a supervision session",
    "supervision.attendance.returned": "Returned a supervision session",
    "supervision.attendance.objected": "Objected to a supervision session",
    "supervision.attendance.absent": "Recorded an absence from a supervision session",
}
