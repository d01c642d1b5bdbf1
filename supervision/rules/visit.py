"""What makes a visit one that may be logged. Pure: each rule gives its sentence, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from courses.enrolment.enums import OPEN_STATES
from courses.standards.contract import Category
from supervision.enums import MINUTES_MOST, SEGMENTS_MOST
from supervision.guard import hard_stops_in, sentence_about


@dataclass(frozen=True)
class Visit:
    """One visit as the trainee gives it: local date and start with their zone, and minutes by phase."""

    on: date
    starts_at: time
    time_zone: str
    category_key: str
    role: str
    segments: tuple[tuple[str, int], ...]
    clients: frozenset[int] = frozenset()
    client_consented: bool = False
    reflection: str = ""

    @property
    def minutes(self) -> int:
        return sum(minutes for _, minutes in self.segments)

    @property
    def began_at(self) -> datetime:
        return datetime.combine(self.on, self.starts_at, tzinfo=ZoneInfo(self.time_zone)).astimezone(ZoneInfo("UTC"))

    @property
    def ended_at(self) -> datetime:
        return self.began_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Other:
    """Another visit of the same person."""

    began_at: datetime
    ended_at: datetime
    words: str


@dataclass(frozen=True)
class Surroundings:
    """What a visit is measured against."""

    now: datetime
    enrolled_on: date
    enrolment_state: str
    placement_starts: date
    placement_ends: date | None
    categories: Mapping[str, Category]
    own_codes: frozenset[int]
    others: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A sentence, and the field of the form beside which it stands."""

    field: str
    sentence: str


def enrolment_is_open(visit: Visit, around: Surroundings) -> str:
    """A pause never blocks a person's own log; an enrolment that has ended takes no new practice."""
    if around.enrolment_state in OPEN_STATES:
        return ""
    return "This enrolment has ended, so no practice can be added to it. You can still read and export your log."


def visit_has_minutes(visit: Visit, around: Surroundings) -> str:
    if not visit.segments:
        return "Give at least one phase with its minutes."
    if any(minutes < 1 for _, minutes in visit.segments):
        return "Each phase lasts at least one minute."
    return ""


def phases_stand_once(visit: Visit, around: Surroundings) -> str:
    phases = [phase for phase, _ in visit.segments]
    if len(phases) > SEGMENTS_MOST or len(set(phases)) < len(phases):
        return "Name each phase once, and add up its minutes."
    return ""


def visit_is_no_longer_than_a_day_allows(visit: Visit, around: Surroundings) -> str:
    return f"One visit lasts at most {MINUTES_MOST // 60} hours." if visit.minutes > MINUTES_MOST else ""


def visit_is_not_in_the_future(visit: Visit, around: Surroundings) -> str:
    if visit.began_at > around.now:
        return "This visit is in the future. Log it once it has taken place."
    if visit.ended_at > around.now:
        return "With these minutes the visit ends in the future. Log it once it is over."
    return ""


def visit_is_not_before_enrolment(visit: Visit, around: Surroundings) -> str:
    if visit.on < around.enrolled_on:
        return f"Practice counts from the day of your enrolment, {_day(around.enrolled_on)}."
    return ""


def visit_is_within_placement(visit: Visit, around: Surroundings) -> str:
    if visit.on < around.placement_starts:
        return f"The placement begins on {_day(around.placement_starts)}."
    if around.placement_ends and visit.on > around.placement_ends:
        return f"The placement ended on {_day(around.placement_ends)}."
    return ""


def category_is_in_the_standard(visit: Visit, around: Surroundings) -> str:
    return "" if visit.category_key in around.categories else "Choose a category of your standard."


def client_is_named_where_needed(visit: Visit, around: Surroundings) -> str:
    category = around.categories.get(visit.category_key)
    if category and category.needs_client_code and not visit.clients:
        return f"{category.label} needs a client code."
    return ""


def codes_are_the_trainees_own(visit: Visit, around: Surroundings) -> str:
    return "" if visit.clients <= around.own_codes else "Choose from your own client codes."


def client_agreed_to_the_trainee(visit: Visit, around: Surroundings) -> str:
    if visit.clients and not visit.client_consented:
        return "Confirm that the client agreed to your presence. Without that agreement a visit cannot be logged."
    return ""


def reflection_names_nobody(visit: Visit, around: Surroundings) -> str:
    return sentence_about(hard_stops_in(visit.reflection))


def visit_does_not_overlap(visit: Visit, around: Surroundings) -> str:
    for other in around.others:
        if visit.began_at < other.ended_at and other.began_at < visit.ended_at:
            return f"You were at another visit then: {other.words}."
    return ""


Rule = tuple[str, Callable[[Visit, Surroundings], str]]
RULES: tuple[Rule, ...] = (
    ("category_key", category_is_in_the_standard),
    ("minutes_1", visit_has_minutes),
    ("minutes_1", phases_stand_once),
    ("minutes_1", visit_is_no_longer_than_a_day_allows),
    ("on", visit_is_not_in_the_future),
    ("on", visit_is_not_before_enrolment),
    ("on", visit_is_within_placement),
    ("clients", client_is_named_where_needed),
    ("clients", codes_are_the_trainees_own),
    ("client_consented", client_agreed_to_the_trainee),
    ("reflection", reflection_names_nobody),
    ("starts_at", visit_does_not_overlap),
)


# What the trainee adds needs an open enrolment; what was sent while it was open may still be approved afterwards.
RULES_OF_ADDING: tuple[Rule, ...] = (("", enrolment_is_open), *RULES)


def problems_of(visit: Visit, around: Surroundings, rules: tuple[Rule, ...] = RULES_OF_ADDING) -> list[Problem]:
    """Every rule that the visit breaks, in the order of the form."""
    return [Problem(field, sentence) for field, rule in rules if (sentence := rule(visit, around))]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
