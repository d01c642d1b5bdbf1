"""How the demonstration tells what became of one trainee's practice: each act at the hour at which it took place."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.demo.clock import at
from supervision.actions.placement import make_client_code
from supervision.actions.practice import correct_log, edit_log, submit_log, write_log
from supervision.actions.review import approve_logs, return_log
from supervision.demo_visits import BANDS, EVENING, HOW, NEXT_DAY, ZONE, Kind, approve, moment, seen
from supervision.enums import Meaning, Phase, Route
from supervision.models import ClientCode, Placement, PracticeLog, SessionAttendance, SigningLink, SupervisionSession
from supervision.queries.practice import visit_of
from supervision.queries.review import content_hash
from supervision.rules import Visit
from supervision.sessions.actions.attending import log_session
from supervision.sessions.actions.leading import cancel_session, confirm_attendance, plan_session, record_session
from supervision.sessions.enums import Modality, SessionFormat, SessionMeaning, SessionPurpose
from supervision.sessions.queries import signed_session
from supervision.sessions.rules import Meeting
from supervision.signing.actions import ask_code, call_supervisor, prove_address
from supervision.signing.mails import mail_link, make_code
from supervision.signing.queries import open_links


@dataclass
class Story:
    """One trainee: her enrolment, the placement that she logs under, and the codes of her clients.

    `today` is the day on which the demonstration is made; weeks are counted back from the one that holds it.
    """

    enrolment: Enrolment
    placement: Placement
    today: date
    codes: list[ClientCode] = field(default_factory=list)

    @property
    def trainee(self) -> User:
        return self.enrolment.person

    def day(self, weeks_ago: int, weekday: int = 0) -> date:
        """0 is Monday. With a week ago or more, it has passed whatever day is today."""
        return self.today - timedelta(days=self.today.weekday(), weeks=weeks_ago) + timedelta(days=weekday)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def code(self, number: int = 0) -> ClientCode:
        while len(self.codes) <= number:
            with at(moment(self.placement.starts_on)):
                band = BANDS[len(self.codes) % len(BANDS)]
                self.codes.append(make_client_code(self.enrolment, by=self.trainee, age_band=band))
        return self.codes[number]

    # Entries ----------------------------------------------------------------------------------------------------------

    def visit(self, on: date, kind: Kind, *, hour: int = 9, client: int | None = 0, **fields) -> Visit:
        """`client`: the number of her client; None where nobody is treated."""
        category, role, segments = kind
        has_medicine = client is not None and any(phase == Phase.DOSING for phase, _ in segments)
        values = {
            "on": on,
            "starts_at": time(hour),
            "time_zone": ZONE,
            "category_key": category,
            "role": role.value,
            "segments": tuple((phase.value, minutes) for phase, minutes in segments),
            "clients": frozenset() if client is None else frozenset({self.code(client).pk}),
            "client_consented": client is not None,
            **HOW,
            "route": (Route.IM if has_medicine else Route.NONE).value,
        }
        return Visit(**values | fields)

    def write(self, visit: Visit, *, after: timedelta = EVENING) -> PracticeLog:
        """A draft, so long after the visit."""
        with at(visit.ended_at + after):
            return write_log(self.enrolment, visit, placement=self.placement, by=self.trainee)

    def send(self, log: PracticeLog, *, when: datetime | None = None) -> PracticeLog:
        with at(when or log.written_at + timedelta(minutes=5)):
            return submit_log(log, by=self.trainee)

    def waiting(self, visit: Visit, *, after: timedelta = EVENING) -> PracticeLog:
        return self.send(self.write(visit, after=after))

    def approved(self, visit: Visit) -> PracticeLog:
        return approve(self.waiting(visit))

    def returned(self, visit: Visit, reason: str) -> PracticeLog:
        log = self.waiting(visit)
        with at(log.submitted_at + NEXT_DAY):
            decider = log.placement.decider.person
            return return_log(log, by=decider, meaning=Meaning.REVIEWED, seen=seen(log), reason=reason)

    def corrected(self, log: PracticeLog, **changes) -> PracticeLog:
        """The correction of an approved entry, sent two days after the approval."""
        with at(log.decided_at + timedelta(days=2)):
            correction = correct_log(log, by=self.trainee)
            visit = replace(visit_of(correction), **changes)
            edited = {"placement": self.placement, "by": self.trainee, "version": correction.version}
            return submit_log(edit_log(correction, visit, **edited), by=self.trainee)

    # Sessions ---------------------------------------------------------------------------------------------------------

    def meeting(self, on: date, form: SessionFormat, *, hour: int = 7, minutes: int = 60, **fields) -> Meeting:
        values = {
            "purpose": SessionPurpose.CONSULTATION.value,
            "modality": Modality.IN_PERSON.value,
            "topics": ("touch", "own_reactions"),
        }
        start = {"on": on, "starts_at": time(hour), "time_zone": ZONE}
        return Meeting(**start, minutes=minutes, format=form.value, **values | fields)

    def held(self, meeting: Meeting, *, by: User, beside: Iterable["Story"] = ()) -> SupervisionSession:
        """Recorded by its supervisor in the hour after it."""
        enrolments = [self.enrolment, *(other.enrolment for other in beside)]
        with at(meeting.ended_at + timedelta(hours=1)):
            return record_session(meeting, enrolments=enrolments, meaning=SessionMeaning.LED, by=by)

    def logged(self, meeting: Meeting) -> SessionAttendance:
        """Logged by the trainee, for the supervisor of her placement to confirm."""
        with at(meeting.ended_at + EVENING):
            log_session(self.enrolment, meeting, supervisor=self.placement.supervisor, by=self.trainee)
        return self.attendance(meeting)

    def cancelled(self, meeting: Meeting, *, by: User) -> SupervisionSession:
        """Planned a week before, and cancelled by the supervisor on the evening before."""
        with at(meeting.began_at - timedelta(days=7)):
            session = plan_session(meeting, enrolments=[self.enrolment], by=by)
        with at(meeting.began_at - timedelta(hours=12)):
            return cancel_session(session, by=by)

    def attendance(self, meeting: Meeting) -> SessionAttendance:
        rows = SessionAttendance.objects.select_related("session__supervisor__person", "session__covered_by__person")
        return rows.get(enrolment=self.enrolment, session__began_at=meeting.began_at)


def approve_together(logs: list[PracticeLog], *, by: User, when: datetime) -> None:
    with at(when):
        approve_logs({log.pk: seen(log) for log in logs}, by=by, meaning=Meaning.REVIEWED)


def confirm(attendance: SessionAttendance) -> SessionAttendance:
    """By the supervisor, on the day after the session."""
    with at(attendance.session.ended_at + NEXT_DAY):
        by, words = attendance.session.decider.person, content_hash(signed_session(attendance))
        return confirm_attendance(attendance, meaning=SessionMeaning.LED, by=by, seen=words)


def mailed_link(supervisor, *, when: datetime) -> SigningLink:
    """The link to what waits for somebody without an account, mailed then; her mailbox has it."""
    with at(when):
        call_supervisor(supervisor)
        link = open_links().get(supervisor=supervisor)
        mail_link(link.pk)
    return link


def used_link(supervisor, *, when: datetime) -> SigningLink:
    """The same, opened by her an hour later, with the code that was mailed."""
    link = mailed_link(supervisor, when=when)
    with at(when + timedelta(hours=1)):
        link = ask_code(link)
        prove_address(link, make_code(link.pk, link.codes_asked))
    return SigningLink.objects.select_related("supervisor").get(pk=link.pk)
