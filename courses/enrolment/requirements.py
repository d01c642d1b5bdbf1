"""The requirement that the enrolment itself answers: everything completed within some months of enrolment."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Expression, OuterRef, Q, Subquery
from django.utils import timezone

from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment, EnrolmentMove
from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Evidence,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Subject,
)
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of
from lms.clock.models import MOST_DAYS, Adjustment
from lms.clock.rules import Shift, due_date
from lms.web.templatetags.ui import day

MOST_MONTHS = 120
ASK = "Please ask your program director for more time. Nothing that you have done is lost."


@dataclass(frozen=True)
class TimeWindowConfig(Config):
    months: int = 24


@dataclass
class TimeWindowFacts(Facts):
    """Days are local to the cohort. `completed_on` is None while the enrolment is not closed as completed."""

    enrolment: int | None = None
    enrolled_on: date | None = None
    asked_on: date | None = None
    completed_on: date | None = None
    shifts: tuple[Shift, ...] = ()


class TimeWindow(RequirementKind):
    """A program is completed when its enrolment is closed as completed, as conferring does. Until the last day has
    passed, there is time and the requirement stands in nobody's way."""

    name = "time_window"
    label = "Time window"
    config_class = TimeWindowConfig
    block = "courses.enrolment.blocks.TimeWindowBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, TimeWindowFacts]:
        """Two queries: the enrolments as they stood then, and every adjustment that had reached them."""
        wanted = [subject.enrolment for subject in subjects if subject.enrolment is not None]
        rows = {row.pk: row for row in _enrolments(wanted, as_of)}
        adjustments = _adjustments(rows.values(), as_of)
        return {
            subject: _facts(rows[subject.enrolment], adjustments, as_of)
            if subject.enrolment in rows
            else TimeWindowFacts()
            for subject in subjects
        }

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_window(config, facts)

    def evidence_marks(self) -> Sequence[Expression]:
        """Moves and adjustments are only ever added. That the last day has passed is seen some minutes later."""
        own, everybody = Q(person=OuterRef("person")), Q(person=None)
        here = Q(cohort_id=OuterRef("cohort"))
        reaching = Adjustment.objects.filter((own & Q(cohort_id=None)) | (here & (own | everybody)))
        return [
            newest_of(EnrolmentMove, enrolment="enrolment"),
            Subquery(reaching.order_by("-pk").values("pk")[:1]),
        ]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> TimeWindowConfig:
        return TimeWindowConfig(**common_settings(value, key), months=int(value["months"] or 0))

    def describe(self, config: TimeWindowConfig) -> str:
        return f"Everything completed within {_months(config.months)} of enrolment. Pauses and extensions are added."

    def problems(self, config: TimeWindowConfig, *, program: int, categories: Mapping[str, Category]) -> Sequence[str]:
        return () if 1 <= config.months <= MOST_MONTHS else [f"Give between 1 and {MOST_MONTHS} months."]


# Judging: pure -------------------------------------------------------------------------------------------------------


def judge_window(config: TimeWindowConfig, facts: TimeWindowFacts) -> Result:
    """A renewal has no enrolment, and so no window."""
    if facts.enrolled_on is None:
        return _result(config, ResultState.NOT_APPLICABLE)
    last = last_day(facts.enrolled_on, config.months, facts.shifts)
    if facts.completed_on:
        done = f"Completed on {day(facts.completed_on)}"
        if facts.completed_on <= last:
            return _result(config, ResultState.MET, note=f"{done}; there was time until {day(last)}.")
        return _late(config, facts, f"{done}, after the time ended on {day(last)}.")
    if facts.asked_on <= last:
        return _result(config, ResultState.MET, note=f"There is time until {day(last)}.", valid_until=last)
    return _late(config, facts, f"The time ended on {day(last)}.")


def last_day(enrolled_on: date, months: int, shifts: Sequence[Shift] = ()) -> date:
    """The same day of the month, or the last one of a shorter month; then as the deadline clock moves it."""
    year, month = divmod(enrolled_on.year * 12 + enrolled_on.month - 1 + months, 12)
    ends = date(year, month + 1, min(enrolled_on.day, monthrange(year, month + 1)[1]))
    return due_date(ends, 0, shifts)


def _late(config: TimeWindowConfig, facts: TimeWindowFacts, sentence: str) -> Result:
    enrolled = Evidence(
        kind="enrolment", id=facts.enrolment, label=f"Enrolled on {day(facts.enrolled_on)}", on=facts.enrolled_on
    )
    excluded = (Excluded(enrolled, 1, sentence),)
    return _result(config, ResultState.UNMET, missing=(f"{sentence} {ASK}",), excluded=excluded)


def _result(config: TimeWindowConfig, state: ResultState, **facts: Any) -> Result:
    done = int(state == ResultState.MET)
    return Result(key=config.key, title=config.title, state=state, done=done, needed=1, unit=Unit.ITEMS, **facts)


def _months(number: int) -> str:
    return "1 month" if number == 1 else f"{number} months"


# Gathering -----------------------------------------------------------------------------------------------------------


def _enrolments(wanted: Sequence[int], as_of: datetime) -> Sequence[Enrolment]:
    """Each with the move that was its last by then."""
    moves = EnrolmentMove.objects.filter(enrolment=OuterRef("pk"), at__lte=as_of).order_by("-id")
    rows = Enrolment.objects.filter(pk__in=wanted).select_related("cohort").order_by()
    return rows.annotate(moved_to=Subquery(moves.values("new")[:1]), moved_at=Subquery(moves.values("at")[:1]))


def _adjustments(enrolments: Sequence[Enrolment], as_of: datetime) -> list[Adjustment]:
    people, cohorts = ({getattr(row, name) for row in enrolments} for name in ("person_id", "cohort_id"))
    reaching = Q(person__in=people) | Q(person=None, cohort_id__in=cohorts)
    return list(Adjustment.objects.filter(reaching, made_at__lte=as_of).defer("reason"))


def _facts(row: Enrolment, adjustments: Sequence[Adjustment], as_of: datetime) -> TimeWindowFacts:
    zone = ZoneInfo(row.cohort.time_zone)
    asked_on = timezone.localdate(as_of, zone)
    moved_on = timezone.localdate(row.moved_at, zone) if row.moved_at else None
    shifts = [Shift(one.since, one.days) for one in adjustments if _reaches(one, row)]
    if row.moved_to == EnrolmentState.PAUSED:  # its days are given back when it ends, and are hers already
        shifts.append(Shift(moved_on, min((asked_on - moved_on).days, MOST_DAYS)))
    return TimeWindowFacts(
        enrolment=row.pk,
        enrolled_on=row.enrolled_on,
        asked_on=asked_on,
        completed_on=moved_on if row.moved_to == EnrolmentState.COMPLETED else None,
        shifts=tuple(shifts),
    )


def _reaches(adjustment: Adjustment, row: Enrolment) -> bool:
    return adjustment.person_id in (None, row.person_id) and adjustment.cohort_id in (None, row.cohort_id)
