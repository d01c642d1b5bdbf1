"""What makes a session one that may be planned, recorded or logged. Pure: each rule gives its sentence, or nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.web.templatetags.ui import day
from supervision.guard import hard_stops_in, sentence_about
from supervision.rules import Problem
from supervision.sessions.enums import GROUP_MOST, SESSION_MINUTES_MOST, SessionFormat

AHEAD_MOST = timedelta(days=366)


@dataclass(frozen=True)
class Meeting:
    """A session as somebody gives it: local date and start with their zone."""

    on: date
    starts_at: time
    time_zone: str
    minutes: int
    format: str
    purpose: str
    modality: str
    others: int = 0
    topics: tuple[str, ...] = ()
    feedback: str = ""

    @property
    def began_at(self) -> datetime:
        return datetime.combine(self.on, self.starts_at, tzinfo=ZoneInfo(self.time_zone)).astimezone(ZoneInfo("UTC"))

    @property
    def ended_at(self) -> datetime:
        return self.began_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Attendee:
    """A trainee who is to be in it: her name for sentences, when her enrolment began, and the placements with this
    supervisor (first and last day)."""

    name: str
    enrolled_on: date
    is_open: bool
    placements: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True)
class Elsewhere:
    """Where somebody of this session is at the same time; `who` is empty when it is the reader."""

    words: str
    who: str = ""


@dataclass(frozen=True)
class Around:
    """What a session is measured against. `is_plan`: it lies ahead. `present`: how many trainees take part."""

    now: datetime
    is_plan: bool
    attendees: tuple[Attendee, ...]
    present: int
    topics: Collection[str]
    elsewhere: tuple[Elsewhere, ...] = ()


def it_lasts_a_possible_time(meeting: Meeting, around: Around) -> str:
    possible = 1 <= meeting.minutes <= SESSION_MINUTES_MOST
    return "" if possible else f"A session lasts between 1 and {SESSION_MINUTES_MOST} minutes."


def it_is_over(meeting: Meeting, around: Around) -> str:
    if around.is_plan or meeting.ended_at <= around.now:
        return ""
    return "This session is not over yet. It can be confirmed once it has taken place."


def a_plan_lies_ahead(meeting: Meeting, around: Around) -> str:
    if not around.is_plan:
        return ""
    if meeting.began_at <= around.now:
        return "This time has passed. Record the session instead of planning it."
    return "Plan at most a year ahead." if meeting.began_at > around.now + AHEAD_MOST else ""


def its_size_fits_its_format(meeting: Meeting, around: Around) -> str:
    size = around.present + meeting.others
    if meeting.format == SessionFormat.INDIVIDUAL and size != 1:
        return "Individual means one trainee alone with the supervisor. Choose another format, or one trainee."
    if meeting.format == SessionFormat.TRIADIC and size != 2:
        return "Triadic means two trainees with one supervisor. Choose another format, or two people."
    if meeting.format in (SessionFormat.GROUP, SessionFormat.PEER) and size < 2:
        return "A group has at least two people. Choose another format, or add the others."
    return "" if size <= GROUP_MOST else f"At most {GROUP_MOST} people take part in one session."


def somebody_is_there(meeting: Meeting, around: Around) -> str:
    return "" if around.present else "Choose at least one trainee."


def enrolments_are_open(meeting: Meeting, around: Around) -> str:
    ended = [one.name for one in around.attendees if not one.is_open]
    return f"The enrolment of {', '.join(ended)} has ended, so nothing can be added to it." if ended else ""


def it_is_not_before_enrolment(meeting: Meeting, around: Around) -> str:
    for one in around.attendees:
        if meeting.on < one.enrolled_on:
            return f"Sessions count from the day of enrolment: {one.name}, {day(one.enrolled_on)}."
    return ""


def it_is_within_a_placement(meeting: Meeting, around: Around) -> str:
    for one in around.attendees:
        if not any(first <= meeting.on and (last is None or meeting.on <= last) for first, last in one.placements):
            return f"On that day {one.name} had no placement with this supervisor."
    return ""


def topics_are_known(meeting: Meeting, around: Around) -> str:
    return "" if set(meeting.topics) <= set(around.topics) else "Choose the topics from the list."


def feedback_names_nobody(meeting: Meeting, around: Around) -> str:
    return sentence_about(hard_stops_in(meeting.feedback))


def nobody_is_elsewhere(meeting: Meeting, around: Around) -> str:
    for one in around.elsewhere:
        return (
            f"{one.who} was somewhere else then: {one.words}." if one.who else f"You were elsewhere then: {one.words}."
        )
    return ""


Rule = tuple[str, Callable[[Meeting, Around], str]]
RULES: tuple[Rule, ...] = (
    ("trainees", somebody_is_there),
    ("trainees", enrolments_are_open),
    ("minutes", it_lasts_a_possible_time),
    ("on", it_is_over),
    ("on", a_plan_lies_ahead),
    ("on", it_is_not_before_enrolment),
    ("on", it_is_within_a_placement),
    ("format", its_size_fits_its_format),
    ("topics", topics_are_known),
    ("feedback", feedback_names_nobody),
    ("starts_at", nobody_is_elsewhere),
)


def problems_of_meeting(meeting: Meeting, around: Around) -> list[Problem]:
    """Every rule that the session breaks, in the order of the form."""
    return [Problem(field, sentence) for field, rule in RULES if (sentence := rule(meeting, around))]
