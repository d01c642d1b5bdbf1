"""The requirement that passed quizzes answer. The quiz's own rules decide what passes; a standard may ask for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list

from assessments.enums import CLOSED, AttemptState, FeedbackWhen
from assessments.models import Attempt, AttemptMove
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, EditionItem
from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Evidence,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of
from lms.web.memory import remember
from lms.web.prepared import PreparedQuery


@dataclass(frozen=True)
class QuizRef:
    """A quiz by the key of its activity, with its title when the standard was published."""

    key: str
    title: str


@dataclass(frozen=True)
class QuizPassedConfig(Config):
    """`every_quiz` means all quizzes of the trainee's edition; else `quizzes`. `min_percent` 0: the quiz's own mark."""

    every_quiz: bool = False
    quizzes: tuple[QuizRef, ...] = ()
    min_percent: int = 0


@dataclass(frozen=True)
class Place:
    """Where a quiz stands in the subject's edition."""

    title: str
    slug: str
    shows_score: bool = True  # by the quiz's own policy, at once


@dataclass(frozen=True)
class Sitting:
    """A closed attempt, as far as it matters here."""

    id: int
    quiz: str
    title: str
    number: int
    percent: Decimal
    passed: bool
    failed_critical: bool
    on: date


@dataclass
class QuizFacts(Facts):
    enrolment: int | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    sittings: list[Sitting] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)  # quizzes with an attempt that waits to be marked


class QuizPassed(RequirementKind):
    name = "quiz_passed"
    label = "Quizzes passed"
    config_class = QuizPassedConfig
    block = "assessments.blocks.QuizPassedBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, QuizFacts]:
        """One query. A passed quiz cannot be sat again, so passed attempts are one row for each; `detail` adds the others."""
        facts = {
            subject: QuizFacts(enrolment=subject.enrolment, places=_places(subject.edition) if subject.edition else {})
            for subject in subjects
        }
        _gather_sittings(facts, as_of, detail)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_quizzes(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """No attempt is closed without a move."""
        return [newest_of(AttemptMove, enrolment="attempt__enrolment")]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> QuizPassedConfig:
        pages = [page for page in value.get("quizzes") or () if page is not None]
        return QuizPassedConfig(
            **common_settings(value, key),
            every_quiz=bool(value.get("every_quiz")),
            quizzes=tuple(QuizRef(str(page.activity_key), page.title) for page in pages),
            min_percent=value.get("min_percent") or 0,
        )

    def problems(self, config: QuizPassedConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        if config.every_quiz == bool(config.quizzes):
            return ["Choose either every quiz of the edition, or the quizzes one by one."]
        keys = [quiz.key for quiz in config.quizzes]
        elsewhere = Activity.objects.filter(key__in=keys).exclude(program=program)
        found = [f"“{activity.title}” belongs to another program." for activity in elsewhere]
        return found + (["A quiz is named twice."] if len(set(keys)) < len(keys) else [])

    def describe(self, config: QuizPassedConfig) -> str:
        what = (
            "every quiz of the program"
            if config.every_quiz
            else get_text_list([quiz.title for quiz in config.quizzes], "and")
        )
        mark = f" with at least {config.min_percent} %" if config.min_percent else ""
        return f"Pass {what}{mark}, with no critical item missed."


# Judging: pure ------------------------------------------------------------------------------------------------------


def judge_quizzes(config: QuizPassedConfig, facts: QuizFacts) -> Result:
    """One quiz counts once, by its earliest attempt that is good enough."""
    wanted = wanted_quizzes(config, facts)
    sittings = sorted((s for s in facts.sittings if s.quiz in wanted), key=lambda sitting: (sitting.on, sitting.id))
    counting: dict[str, Sitting] = {}
    for sitting in sittings:
        if not why_not(sitting, config):
            counting.setdefault(sitting.quiz, sitting)
    missing = [key for key in wanted if key not in counting]
    waiting = [key for key in missing if key in facts.waiting]
    return Result(
        key=config.key,
        title=config.title,
        state=_state(wanted, missing, waiting),
        done=len(counting),
        needed=len(wanted),
        unit=Unit.QUIZZES,
        pending=len(waiting),
        counted=tuple(Counted(_evidence(sitting, facts), 1) for sitting in sittings if sitting in counting.values()),
        excluded=tuple(
            Excluded(_evidence(sitting, facts), 1, why_not(sitting, config) or "This quiz is counted already.")
            for sitting in sittings
            if sitting not in counting.values()
        ),
        missing=tuple(_missing(key, wanted[key], facts) for key in missing)
        or (() if wanted else ("Your edition has no quiz yet.",)),
        next_steps=tuple(
            _step(key, facts) for key in missing if key not in waiting and key in facts.places and facts.enrolment
        ),
    )


def _state(wanted: Mapping[str, str], missing: Sequence[str], waiting: Sequence[str]) -> ResultState:
    """Waiting when nothing is left to the trainee: all that is missing is with whoever marks it."""
    if wanted and not missing:
        return ResultState.MET
    return ResultState.PENDING if missing and len(waiting) == len(missing) else ResultState.UNMET


def wanted_quizzes(config: QuizPassedConfig, facts: QuizFacts) -> dict[str, str]:
    """Key and title of each quiz asked for, in order; the edition's own title comes first."""
    if config.every_quiz:
        return {key: place.title for key, place in facts.places.items()}
    named = {quiz.key: quiz.title for quiz in config.quizzes}
    return {key: facts.places[key].title if key in facts.places else title for key, title in named.items()}


def why_not(sitting: Sitting, config: QuizPassedConfig) -> str:
    """The sentence that says why an attempt does not count; "" when it does."""
    if sitting.failed_critical:
        return "A critical item was missed."
    if not sitting.passed:
        return "Below the pass mark."
    if sitting.percent < config.min_percent:
        return f"This standard asks for {config.min_percent} %."
    return ""


def _missing(key: str, title: str, facts: QuizFacts) -> str:
    if key not in facts.places:
        return f"{title} is not part of your edition. Ask your program director."
    if key in facts.waiting:
        return f"{title} is awaiting marking. There is nothing to do until your faculty have marked it."
    if any(sitting.quiz == key and sitting.passed for sitting in facts.sittings):
        return f"{title} was passed with fewer points than this standard asks for. Ask your program director."
    return f"Pass {title}."


def _step(key: str, facts: QuizFacts) -> Step:
    place = facts.places[key]
    return Step(f"Go to {place.title}", reverse("quiz_intro", args=[facts.enrolment, place.slug]))


def _evidence(sitting: Sitting, facts: QuizFacts) -> Evidence:
    """The score is named where the quiz shows it at once; a standing never says more than the result does."""
    place = facts.places.get(sitting.quiz)
    score = f": {int(sitting.percent)} %" if place is None or place.shows_score else ""
    label = f"{sitting.title}{score}, attempt {sitting.number}"
    return Evidence(kind="quiz_attempt", id=sitting.id, label=label, on=sitting.on)


# Gathering ----------------------------------------------------------------------------------------------------------


@remember(seconds=3600, most=64)
def _places(edition: int) -> Mapping[str, Place]:
    """The quizzes of an edition by the key of their activity, in its order. They never change."""
    items = EditionItem.objects.filter(edition=edition, activity__kind=ActivityKind.QUIZ).order_by("position")
    rows = items.values_list("activity__key", "title", "slug", "body__source__settings__feedback__score")
    shown = (None, FeedbackWhen.AT_ONCE)  # earlier editions have no policy, and showed it
    return MappingProxyType({str(key): Place(title, slug, score in shown) for key, title, slug, score in rows})


def _gather_sittings(facts: Mapping[Subject, QuizFacts], as_of: datetime, detail: bool) -> None:
    by_enrolment: dict[int, list[Subject]] = {}
    by_person: dict[int, list[Subject]] = {}
    for subject in facts:
        group, key = (by_enrolment, subject.enrolment) if subject.enrolment else (by_person, subject.person)
        group.setdefault(key, []).append(subject)
    if len(facts) == 1 and by_enrolment and not detail:
        rows = _passed_of_one(enrolment=next(iter(by_enrolment)), as_of=as_of)
    else:
        asked = Q(enrolment__in=by_enrolment.keys()) | Q(enrolment__person__in=by_person.keys())
        handed_in = _handed_in_then(as_of).filter(asked)
        rows = handed_in if detail else handed_in.filter(COUNTING)
    for pk, enrolment, person, key, title, number, score, passed, critical, at, zone in rows:
        within = [one for one in by_enrolment.get(enrolment, []) + by_person.get(person, []) if _is_within(at, one)]
        if passed is None:
            for subject in within:
                facts[subject].waiting.add(str(key))
            continue
        sitting = Sitting(pk, str(key), title, number, score, passed, critical, timezone.localdate(at, ZoneInfo(zone)))
        for subject in within:
            facts[subject].sittings.append(sitting)


COUNTING = Q(passed=True) | Q(passed=None)  # passed, or waiting to be marked


def _closed_then(as_of) -> QuerySet:
    """Of the attempts graded and closed by then."""
    return _handed_in_then(as_of).filter(state__in=CLOSED)


def _handed_in_then(as_of) -> QuerySet:
    """What a sitting holds, of the attempts handed in by then, the earliest first; `passed` is null while one waits."""
    rows = Attempt.objects.filter(state__in=(*CLOSED, AttemptState.AWAITING), submitted_at__lte=as_of).order_by("id")
    names = ("id", "enrolment_id", "enrolment__person_id", "activity__key", "item__title", "number", "score", "passed")
    return rows.values_list(*names, "failed_critical", "submitted_at", "enrolment__cohort__time_zone")


_passed_of_one = PreparedQuery(
    lambda enrolment, as_of: _handed_in_then(as_of).filter(COUNTING, enrolment=enrolment),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)


def _is_within(moment: datetime, subject: Subject) -> bool:
    return (subject.since is None or moment >= subject.since) and (subject.until is None or moment < subject.until)
