"""What makes hours from elsewhere ones that may be recorded. Pure: each rule gives its sentence, or nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from supervision.enums import MINUTES_MOST, PRIOR_MINUTES_MOST
from supervision.guard import hard_stops_in, sentence_about
from supervision.rules.visit import Problem


@dataclass(frozen=True)
class Claim:
    """Hours of one category, where and under whom they were earned, from when to when."""

    category_key: str
    phase: str
    minutes: int
    began_on: date
    ended_on: date
    institution: str
    supervisor_name: str
    note: str = ""

    @property
    def calendar_days(self) -> int:
        return (self.ended_on - self.began_on).days + 1


@dataclass(frozen=True)
class Limits:
    """What a claim is measured against."""

    today: date
    categories: Collection[str]


def category_is_in_the_standard(claim: Claim, limits: Limits) -> str:
    return "" if claim.category_key in limits.categories else "Choose a category of your standard."


def there_are_minutes(claim: Claim, limits: Limits) -> str:
    if claim.minutes < 1:
        return "Give the hours."
    most = PRIOR_MINUTES_MOST // 60
    return f"Record at most {most} hours at once." if claim.minutes > PRIOR_MINUTES_MOST else ""


def they_fit_into_their_days(claim: Claim, limits: Limits) -> str:
    if claim.calendar_days > 0 and claim.minutes > claim.calendar_days * MINUTES_MOST:
        return f"That is more than {MINUTES_MOST // 60} hours on every day between these dates. Check the hours and the dates."
    return ""


def they_begin_before_they_end(claim: Claim, limits: Limits) -> str:
    return "The last day is before the first." if claim.ended_on < claim.began_on else ""


def they_are_past(claim: Claim, limits: Limits) -> str:
    return "These hours are not over yet. Record them afterwards." if claim.ended_on > limits.today else ""


def names_are_given(claim: Claim, limits: Limits) -> str:
    return (
        ""
        if claim.institution.strip() and claim.supervisor_name.strip()
        else "Name the institution and the supervisor."
    )


def _names_nobody(name: str) -> Callable[[Claim, Limits], str]:
    return lambda claim, limits: sentence_about(hard_stops_in(getattr(claim, name)))


RULES: tuple[tuple[str, Callable[[Claim, Limits], str]], ...] = (
    ("category_key", category_is_in_the_standard),
    ("hours", there_are_minutes),
    ("hours", they_fit_into_their_days),
    ("ended_on", they_begin_before_they_end),
    ("ended_on", they_are_past),
    ("institution", names_are_given),
    *((name, _names_nobody(name)) for name in ("institution", "supervisor_name", "note")),
)


def problems_of_claim(claim: Claim, limits: Limits) -> list[Problem]:
    """Every rule that the claim breaks, in the order of the form."""
    return [Problem(field, sentence) for field, rule in RULES if (sentence := rule(claim, limits))]
