"""What makes a visit one that may be logged. Pure: each rule gives its sentence, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from courses.enrolment.enums import OPEN_STATES
from courses.standards.contract import Category
from courses.standards.enums import Answer, Approver, Qualification, SitePaperKind
from courses.standards.practice import PracticeRules, hours_words
from supervision.enums import MINUTES_MOST, SEGMENTS_MOST, Format, PracticeRule
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
    route: str = ""
    modality: str = ""
    format: str = ""
    group_size: int | None = None
    touch_used: bool = False
    touch_agreed_before: bool = False
    adverse_event: bool = False

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


NO_RULES = PracticeRules()


@dataclass(frozen=True)
class Surroundings:
    """What a visit is measured against.

    `logged_at`: when it was first written. `near`: other visits of this enrolment in the weeks of this one, for the
    weekly cap, which goes by `zone`. `training`: what has to be completed first, and when it was. `valid`: what of the
    supervisor was valid on the day; `approves_as`: whom a category may name as its approver, that she is;
    `in_force`: which papers of the site were in force on the day.
    """

    now: datetime
    enrolled_on: date
    enrolment_state: str
    placement_starts: date
    placement_ends: date | None
    categories: Mapping[str, Category]
    own_codes: frozenset[int]
    others: tuple[Other, ...] = ()
    practice: PracticeRules = NO_RULES
    logged_at: datetime | None = None
    zone: str = "UTC"
    near: tuple[tuple[datetime, datetime], ...] = ()
    training: tuple[tuple[str, datetime | None], ...] = ()
    valid: frozenset[str] = frozenset()
    approves_as: frozenset[str] = frozenset()
    in_force: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flag:
    """A rule of practice that an entry breaks without being refused, and the sentence that trainee and reviewer read."""

    rule: str
    sentence: str


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


def group_has_its_size(visit: Visit, around: Surroundings) -> str:
    if visit.format == Format.GROUP and not visit.group_size:
        return "Say how many clients were in the group."
    return ""


def approver_is_one_of_the_categorys(visit: Visit, around: Surroundings) -> str:
    """A category may leave its approval to some of the people who supervise; a version of old leaves it to all."""
    category = around.categories.get(visit.category_key)
    if category is None or not category.approvers or around.approves_as & set(category.approvers):
        return ""
    named = " or ".join(Approver(name).label.lower() for name in category.approvers)
    return f"{category.label} is approved by a {named}. Choose a placement with one, or ask your program director."


# The rules of practice: what a standard says of them decides whether an entry is refused or flagged -----------------


def visit_is_logged_in_time(visit: Visit, around: Surroundings) -> str:
    """Days between the date of the visit and the day of its first writing, where the visit took place."""
    limit = around.practice.back_dating
    logged_on = (around.logged_at or around.now).astimezone(ZoneInfo(visit.time_zone)).date()
    days = (logged_on - visit.on).days
    if limit and days > limit.most:
        return f"Logged {days} days after the visit. Your standard asks for it within {_days(limit.most)}."
    return ""


def week_holds_no_more_than_the_cap(visit: Visit, around: Surroundings) -> str:
    """Monday to Sunday in the trainee's zone; a visit over midnight belongs to both weeks, each with its minutes."""
    limit = around.practice.weekly
    if limit is None:
        return ""
    for monday, start, end in weeks_of(visit.began_at, visit.ended_at, ZoneInfo(around.zone)):
        spans = [(visit.began_at, visit.ended_at), *around.near]
        seconds = sum(max((min(stop, end) - max(begin, start)).total_seconds(), 0) for begin, stop in spans)
        if seconds > limit.most * 60:
            made = hours_words(int(seconds // 60))
            return f"This makes {made} in the week from {_day(monday)}. Your standard has a cap of {hours_words(limit.most)}."
    return ""


def weeks_of(began_at: datetime, ended_at: datetime, zone: ZoneInfo) -> list[tuple[date, datetime, datetime]]:
    """Each week that a span reaches into: its Monday, and its bounds in UTC. Weeks with a clock change are as long as they are."""
    first = began_at.astimezone(zone).date()
    last = (ended_at - timedelta(microseconds=1)).astimezone(zone).date()
    monday, found = first - timedelta(days=first.weekday()), []
    while monday <= last:
        found.append((monday, _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)))
        monday += timedelta(days=7)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def visit_is_not_too_old(visit: Visit, around: Surroundings) -> str:
    """The same day so many years ago is still in time; 29 February becomes the 28th."""
    limit = around.practice.look_back
    if limit is None:
        return ""
    today = around.now.astimezone(ZoneInfo(visit.time_zone)).date()
    if visit.on < years_before(today, limit.most):
        years = "year" if limit.most == 1 else "years"
        return f"This visit is older than {limit.most} {years}, which is as far back as your standard counts."
    return ""


def years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def group_is_not_too_large(visit: Visit, around: Surroundings) -> str:
    limit = around.practice.group_size
    if limit and visit.format == Format.GROUP and (visit.group_size or 0) > limit.most:
        return f"A group of {visit.group_size}: your standard asks for at most {limit.most}."
    return ""


def training_came_first(visit: Visit, around: Surroundings) -> str:
    for title, completed_at in around.training:
        if completed_at is None:
            return f"“{title}” has to be completed before practice counts. Complete it in your lessons first."
        if completed_at > visit.began_at:
            return f"“{title}” was completed on {_day(completed_at.date())}, after this visit. Practice counts from then on."
    return ""


def _valid_on_the_day(qualification: Qualification, words: str) -> Callable[[Visit, Surroundings], str]:
    def rule(visit: Visit, around: Surroundings) -> str:
        asked = {one.qualification for one in around.practice.supervisor}
        if qualification in asked and qualification not in around.valid:
            return f"No valid {words} of the supervisor is on record for {_day(visit.on)}. The supervisor or a program director can add it."
        return ""

    return rule


licence_was_valid = _valid_on_the_day(Qualification.LICENCE, "licence")
consultant_was_approved = _valid_on_the_day(Qualification.CONSULTANT, "approval as consultant")
bls_was_valid = _valid_on_the_day(Qualification.BLS, "card of basic life support")


def _in_force_on_the_day(paper: SitePaperKind, words: str) -> Callable[[Visit, Surroundings], str]:
    def rule(visit: Visit, around: Surroundings) -> str:
        asked = {one.paper for one in around.practice.site}
        if paper in asked and paper not in around.in_force:
            return f"No approved {words} of the site is on record for {_day(visit.on)}. Ask your program director to add it."
        return ""

    return rule


agreement_was_in_force = _in_force_on_the_day(SitePaperKind.AGREEMENT, "agreement")
insurance_was_in_force = _in_force_on_the_day(SitePaperKind.INSURANCE, "insurance certificate")


def touch_was_agreed_before(visit: Visit, around: Surroundings) -> str:
    """Agreement given under the medicine is none: it is documented before dosing (domain: ethics of touch)."""
    if visit.touch_used and not visit.touch_agreed_before:
        return (
            "Touch was used without consent documented before dosing. Record in the clinic’s file what was agreed and when, "
            "speak with your supervisor before the next session, and prepare consent to touch with the client anew."
        )
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
    ("group_size", group_has_its_size),
    ("placement", approver_is_one_of_the_categorys),
)

PRACTICE_RULES: tuple[tuple[PracticeRule, str, Callable[[Visit, Surroundings], str]], ...] = (
    (PracticeRule.BACK_DATING, "on", visit_is_logged_in_time),
    (PracticeRule.WEEKLY, "minutes_1", week_holds_no_more_than_the_cap),
    (PracticeRule.LOOK_BACK, "on", visit_is_not_too_old),
    (PracticeRule.GROUP_SIZE, "group_size", group_is_not_too_large),
    (PracticeRule.TRAINING, "on", training_came_first),
    (PracticeRule.LICENCE, "placement", licence_was_valid),
    (PracticeRule.CONSULTANT, "placement", consultant_was_approved),
    (PracticeRule.BLS, "placement", bls_was_valid),
    (PracticeRule.AGREEMENT, "placement", agreement_was_in_force),
    (PracticeRule.INSURANCE, "placement", insurance_was_in_force),
    (PracticeRule.TOUCH, "touch_agreed_before", touch_was_agreed_before),
)


# What the trainee adds needs an open enrolment; what was sent while it was open may still be approved afterwards.
RULES_OF_ADDING: tuple[Rule, ...] = (("", enrolment_is_open), *RULES)


def problems_of(visit: Visit, around: Surroundings, rules: tuple[Rule, ...] = RULES_OF_ADDING) -> list[Problem]:
    """Every rule that refuses the visit: those of the house, and those of practice for which the standard says so."""
    found = [Problem(field, sentence) for field, rule in rules if (sentence := rule(visit, around))]
    return found + [
        Problem(field, sentence)
        for name, field, rule in PRACTICE_RULES
        if is_refused(name, around.practice) and (sentence := rule(visit, around))
    ]


def flags_of(visit: Visit, around: Surroundings) -> list[Flag]:
    """Every rule of practice that the visit breaks without being refused."""
    return [
        Flag(name.value, sentence)
        for name, _, rule in PRACTICE_RULES
        if not is_refused(name, around.practice) and (sentence := rule(visit, around))
    ]


def is_refused(name: PracticeRule, practice: PracticeRules) -> bool:
    """What the standard says follows. Touch without prior consent is never hidden by a refusal."""
    answers = {one.qualification: one.answer for one in practice.supervisor}
    answers |= {one.paper: one.answer for one in practice.site}
    limits = ("back_dating", "weekly", "look_back", "group_size", "training")
    answers |= {limit: rule.answer for limit in limits if (rule := getattr(practice, limit))}
    return answers.get(name.value) == Answer.REFUSE


def minutes_between(on: date, starts_at: time, ends_at: time, zone: str) -> int:
    """Minutes from start to end on the clock of the place; an end before the start is on the next day, and the hours of a
    clock change are counted as they passed."""
    place = ZoneInfo(zone)
    start = datetime.combine(on, starts_at, tzinfo=place).astimezone(ZoneInfo("UTC"))
    last = on if ends_at > starts_at else on + timedelta(days=1)
    end = datetime.combine(last, ends_at, tzinfo=place).astimezone(ZoneInfo("UTC"))
    return int((end - start).total_seconds() // 60)


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
