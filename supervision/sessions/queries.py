"""Sessions: who may read which, and what they are measured against. Fetching is the permission check."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from courses.standards.definition import Definition
from courses.standards.queries import definition_of
from courses.standing.engine import subject_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of, without_barred
from lms.web.templatetags.ui import day
from supervision.enums import MAY_SIGN, OCCUPYING
from supervision.evidence import APPROVED, PENDING
from supervision.models import (
    AttendanceMove,
    FeedbackTopic,
    Placement,
    PracticeLog,
    SessionAttendance,
    SupervisionSession,
    Supervisor,
)
from supervision.queries.placement import can_supervise
from supervision.sessions.enums import PRESENT, TAKING_PLACE, TO_ANSWER, AttendanceState, SessionFormat, SessionState
from supervision.sessions.gather import gather_supervision
from supervision.sessions.judge import SupervisionConfig, weeks_of
from supervision.sessions.ratio import JudgedWeek
from supervision.sessions.rules import Around, Attendee, Elsewhere, Meeting

SCHEMA = 1


def full_sessions() -> QuerySet[SupervisionSession]:
    """Sessions with all that a page shows of them."""
    whose = ("supervisor__person", "covered_by__person", "made_by", "cancelled_by")
    return SupervisionSession.objects.select_related(*whose).prefetch_related(
        "attendances__trainee", "attendances__enrolment__standard_version"
    )


def own_attendances(user: User) -> QuerySet[SessionAttendance]:
    """A trainee's own, but for those that she took back. Of the others in a session she learns how many they are."""
    rows = SessionAttendance.objects.filter(trainee=user).exclude(session__state=SessionState.WITHDRAWN)
    rows = rows.select_related("session__supervisor__person", "session__cancelled_by", "enrolment__person")
    return rows.order_by(F("session__began_at").desc(), "-id")


def sessions_of_supervisor(user: User) -> QuerySet[SupervisionSession]:
    """What this supervisor leads, plans or is asked to confirm, while she holds the role. A session with somebody behind
    a barrier is not hers to see."""
    if Role.SUPERVISOR not in roles_of(user):
        return SupervisionSession.objects.none()
    hers = full_sessions().filter(Q(supervisor__person=user) | Q(covered_by__person=user))
    hers = hers.exclude(state=SessionState.WITHDRAWN)
    attended = SessionAttendance.objects.filter(
        Q(session__supervisor__person=user) | Q(session__covered_by__person=user)
    ).exclude(trainee=user)
    return hers.filter(pk__in=without_barred(attended, user, person="trainee").values("session"))


def waiting_for(user: User) -> QuerySet[SupervisionSession]:
    """Logged by a trainee and not confirmed; planned and over; with an objection to answer; or to be confirmed again after
    a lapse. Oldest first."""
    now = timezone.now()
    waits = Q(state=SessionState.LOGGED, attendances__state=AttendanceState.PROPOSED)
    waits |= Q(state=SessionState.PLANNED, ended_at__lte=now)
    waits |= Q(state=SessionState.HELD, attendances__state__in=TO_ANSWER)
    decides = Q(covered_by=None, supervisor__person=user) | Q(covered_by__person=user)
    return sessions_of_supervisor(user).filter(decides).filter(waits).distinct().order_by("began_at", "id")


def planned_for(user: User) -> QuerySet[SupervisionSession]:
    """What she has planned and what is not over yet, the next first."""
    ahead = sessions_of_supervisor(user).filter(state=SessionState.PLANNED, ended_at__gt=timezone.now())
    return ahead.order_by("began_at", "id")


def trainees_of(supervisor: User) -> list[Enrolment]:
    """The open enrolments that are placed with this supervisor now or were within the last weeks; nobody behind a barrier."""
    lately = timezone.localdate() - timedelta(days=60)
    hers = Q(supervisor__person=supervisor, covered_by=None) | Q(covered_by__person=supervisor)
    placed = Placement.objects.filter(hers).filter(Q(ends_on=None) | Q(ends_on__gte=lately))
    rows = Enrolment.objects.filter(pk__in=placed.values("enrolment"), state__in=OPEN_STATES)
    rows = without_barred(rows, supervisor, person="person").exclude(person=supervisor)
    return list(rows.select_related("person").order_by("person__display_name", "id"))


def supervisors_of(enrolment: Enrolment, *, trainee: User) -> QuerySet[Supervisor]:
    """With whom a trainee can have had a session: the supervisors of her placements, with an account or without one;
    nobody behind a barrier, nor who said that this is not her trainee."""
    placed = Placement.objects.filter(enrolment=enrolment, declined_at=None)
    hers = Q(pk__in=placed.values("supervisor")) | Q(
        pk__in=placed.filter(covered_by__isnull=False).values("covered_by")
    )
    rows = Supervisor.objects.filter(hers, state__in=MAY_SIGN).select_related("person")
    return without_barred(rows, trainee, person="person")


def may_confirm(user: User, supervisor: Supervisor, enrolment: Enrolment) -> bool:
    """It is her session, she holds the role for this trainee now, is not the trainee, and no barrier stands between."""
    return supervisor.person_id == user.pk and can_supervise(user, enrolment)


def cover_of(enrolment: Enrolment, supervisor: Supervisor, on: date) -> Supervisor | None:
    """Who decides in her place about what she led on that day, if her work with this trainee was handed over."""
    placed = Placement.objects.filter(enrolment=enrolment, supervisor=supervisor, starts_on__lte=on)
    placed = placed.filter(Q(ends_on=None) | Q(ends_on__gte=on)).select_related("covered_by__person")
    return next((one.covered_by for one in placed.order_by("-starts_on", "-id")), None)


def waiting_by_link() -> QuerySet[SessionAttendance]:
    """What waits for the confirmation of whoever led it, in a placement that she has not declined: nothing that was handed
    over. Logged by the trainee; or confirmed, and the trainee objected to it."""
    placed = Placement.objects.filter(
        enrolment=OuterRef("enrolment"), supervisor=OuterRef("session__supervisor"), covered_by=None, declined_at=None
    )
    logged = Q(session__state=SessionState.LOGGED, state=AttendanceState.PROPOSED)
    objected = Q(session__state=SessionState.HELD, state=AttendanceState.DISPUTED)
    own = SessionAttendance.objects.filter(logged | objected, session__covered_by=None)
    return own.filter(Exists(placed.order_by()))


def topics_offered() -> list[tuple[str, str]]:
    return list(FeedbackTopic.objects.filter(is_active=True).values_list("key", "label"))


def topic_labels() -> dict[str, str]:
    return dict(FeedbackTopic.objects.values_list("key", "label"))


def reasons_of(attendances: Iterable[SessionAttendance]) -> dict[int, str]:
    """What was said last about each, by its id: why it is disputed or she was not there. One query."""
    ids = [one.pk for one in attendances if one.state in (AttendanceState.DISPUTED, AttendanceState.ABSENT)]
    moves = AttendanceMove.objects.filter(attendance__in=ids).order_by("id") if ids else ()
    return {move.attendance_id: move.reason for move in moves if move.reason}  # encrypted: not asked of the database


# What a session is measured against -----------------------------------------------------------------------------------


def around(
    meeting: Meeting,
    enrolments: Iterable[Enrolment],
    supervisor: Supervisor,
    *,
    is_plan: bool,
    by: User | None,
    present: int,
    ignore: int | None = None,
) -> Around:
    """Read under the lock that the caller holds. `by` is whoever reads the sentences, None for somebody without an account.
    `ignore`: the session itself. Four queries."""
    enrolments = list(enrolments)
    placements: dict[int, list] = {}
    hers = Q(supervisor=supervisor) | Q(covered_by=supervisor)
    rows = Placement.objects.filter(hers, enrolment__in=enrolments, declined_at=None)
    for enrolment, first, last in rows.values_list("enrolment", "starts_on", "ends_on"):
        placements.setdefault(enrolment, []).append((first, last))
    return Around(
        now=timezone.now(),
        is_plan=is_plan,
        attendees=tuple(
            Attendee(str(one.person), one.enrolled_on, one.state in OPEN_STATES, tuple(placements.get(one.pk, ())))
            for one in enrolments
        ),
        present=present,
        topics=frozenset(topic_labels()),
        elsewhere=tuple(_elsewhere(meeting, enrolments, supervisor, reader=by and by.pk, ignore=ignore)),
    )


def _elsewhere(
    meeting: Meeting, enrolments: list[Enrolment], supervisor: Supervisor, *, reader: int | None, ignore: int | None
):
    """Visits and other sessions of the trainees at that time, and the supervisor's. A group session that each of its
    trainees logs is the same one."""
    people = {one.person_id: "" if one.person_id == reader else str(one.person) for one in enrolments}
    visits = PracticeLog.objects.filter(_at_that_time(meeting), enrolment__person__in=people, state__in=OCCUPYING)
    for person, on, at in visits.order_by("began_at", "id").values_list("enrolment__person", "on", "starts_at"):
        yield Elsewhere(f"a visit on {day(on)}, {at:%H:%M}", people[person])
    sessions = SupervisionSession.objects.filter(_at_that_time(meeting), state__in=TAKING_PLACE).exclude(pk=ignore)
    theirs = sessions.filter(attendances__trainee__in=people, attendances__state__in=PRESENT)
    for person, on, at in theirs.order_by("began_at", "id").values_list("attendances__trainee", "on", "starts_at"):
        if person in people:
            yield Elsewhere(f"a session on {day(on)}, {at:%H:%M}", people[person])
    led = sessions.filter(supervisor=supervisor)
    if meeting.format != SessionFormat.INDIVIDUAL:
        led = led.exclude(format=meeting.format, began_at=meeting.began_at, ended_at=meeting.ended_at)
    who = "" if supervisor.person_id == reader else str(supervisor)
    for on, at in led.order_by("began_at", "id").values_list("on", "starts_at"):
        yield Elsewhere(f"another session on {day(on)}, {at:%H:%M}", who)


def _at_that_time(meeting: Meeting) -> Q:
    return Q(began_at__lt=meeting.ended_at, ended_at__gt=meeting.began_at)


def meeting_of(session: SupervisionSession) -> Meeting:
    """The session as plain values."""
    names = ("on", "starts_at", "time_zone", "minutes", "format", "purpose", "modality", "others", "feedback")
    return Meeting(topics=tuple(session.topics), **{name: getattr(session, name) for name in names})


# What is signed -------------------------------------------------------------------------------------------------------


def signed_session(attendance: SessionAttendance) -> str:
    """What a signature is over, as one canonical text. Ids, no names: names change."""
    session = attendance.session
    values = {
        "schema": SCHEMA,
        "session": session.pk,
        "session_version": session.version,
        "attendance": attendance.pk,
        "attendance_version": attendance.version,
        "enrolment": attendance.enrolment_id,
        "supervisor": session.supervisor_id,
        "format": session.format,
        "purpose": session.purpose,
        "modality": session.modality,
        "on": session.on.isoformat(),
        "starts_at": session.starts_at.isoformat("minutes"),
        "time_zone": session.time_zone,
        "minutes": session.minutes,
        "others": session.others,
        "topics": sorted(session.topics),
        "feedback": session.feedback,
    }
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# The ratio of the weeks -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnWeeks:
    """How a trainee's weeks stand, as approved and as everything that is under way would make them."""

    title: str
    config: SupervisionConfig
    today: date
    weeks: list[JudgedWeek]
    expected: list[JudgedWeek]


def ratio_of(definition: Definition, enrolment: Enrolment) -> SupervisionConfig | None:
    """The requirement that asks this trainee for a weekly ratio."""
    for one in definition.requirements:
        if one.kind == "supervision_minutes" and one.config.ratio and one.config.track in ("", enrolment.track):
            return one.config
    return None


def weeks_for(enrolment: Enrolment) -> OwnWeeks | None:
    """The weekly ratio of her standard, with what waits for review and what is not confirmed yet beside it; None without
    one. Four queries."""
    definition = definition_of(enrolment.standard_version)
    config, subject = ratio_of(definition, enrolment), subject_of(enrolment)
    if config is None:
        return None
    facts = gather_supervision([subject], timezone.now())[subject]
    expected = weeks_of(
        config, facts, definition.categories, practice=(APPROVED, PENDING), supervision=(APPROVED, PENDING)
    )
    return OwnWeeks(config.title, config, facts.today, weeks_of(config, facts, definition.categories), expected)
