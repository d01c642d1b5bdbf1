"""Sittings of quizzes, as far as requirements ask about them: what a closed attempt is worth, and how it is named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments.enums import CLOSED, AttemptState, FeedbackWhen
from assessments.models import Attempt
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, EditionItem
from courses.standards.contract import Evidence, Facts, Step, Subject
from lms.web.memory import remember

Row = tuple[Any, ...]  # of `ROW`
ROW = (
    *("id", "enrolment_id", "enrolment__person_id", "activity__key", "item__title", "number"),
    *("score", "passed", "failed_critical", "submitted_at", "enrolment__cohort__time_zone", "state", "started_at"),
)


@dataclass(frozen=True)
class QuizRef:
    """A quiz by the key of its activity, with its title when the standard was published."""

    key: str = ""
    title: str = ""


NO_QUIZ = QuizRef()


@dataclass(frozen=True)
class Place:
    """Where a quiz stands in the subject's edition."""

    title: str
    slug: str
    shows_score: bool = True  # by the quiz's own policy, at once


@dataclass(frozen=True)
class Sitting:
    """An attempt that was handed in, as far as it matters here. One that waits to be marked has no percent."""

    id: int
    quiz: str
    title: str
    number: int
    percent: Decimal | None
    passed: bool | None
    failed_critical: bool | None
    on: date
    state: str = AttemptState.SUBMITTED
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.state == AttemptState.AWAITING

    @property
    def is_annulled(self) -> bool:
        return self.state == AttemptState.ANNULLED


@dataclass
class QuizFacts(Facts):
    enrolment: int | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    sittings: list[Sitting] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)  # quizzes with an attempt that waits to be marked


# Words: pure --------------------------------------------------------------------------------------------------------


def named_quizzes(quizzes: Iterable[QuizRef], facts: QuizFacts) -> dict[str, str]:
    """Key and title of each, in order; the edition's own title comes first."""
    return {quiz.key: facts.places[quiz.key].title if quiz.key in facts.places else quiz.title for quiz in quizzes}


def why_not(sitting: Sitting, min_percent: int) -> str:
    """The sentence that says why a graded attempt is not good enough; "" when it is. `min_percent` 0: the quiz's own mark."""
    if sitting.failed_critical:
        return "A critical item was missed."
    if not sitting.passed:
        return "Below the pass mark."
    if sitting.percent < min_percent:
        return f"This standard asks for {min_percent} %."
    return ""


def not_in_edition(title: str) -> str:
    return f"{title} is not part of your edition. Ask your program director."


def awaits_marking(title: str) -> str:
    return f"{title} is awaiting marking. There is nothing to do until your faculty have marked it."


def too_few_points(title: str) -> str:
    """A passed quiz cannot be sat again."""
    return f"{title} was passed with fewer points than this standard asks for. Ask your program director."


def step_to(key: str, facts: QuizFacts) -> Step:
    place = facts.places[key]
    return Step(f"Go to {place.title}", reverse("quiz_intro", args=[facts.enrolment, place.slug]))


def evidence_of(sitting: Sitting, facts: QuizFacts) -> Evidence:
    """The score is named where the quiz shows it at once; a standing never says more than the result does."""
    place = facts.places.get(sitting.quiz)
    is_shown = sitting.percent is not None and (place is None or place.shows_score)
    score = f": {int(sitting.percent)} %" if is_shown else ""
    label = f"{sitting.title}{score}, attempt {sitting.number}"
    return Evidence(kind="quiz_attempt", id=sitting.id, label=label, on=sitting.on)


# Authoring ----------------------------------------------------------------------------------------------------------


def refs_of(pages: Iterable[Any]) -> tuple[QuizRef, ...]:
    """The chosen pages of an authored block, without those that are gone."""
    return tuple(QuizRef(str(page.activity_key), page.title) for page in pages if page is not None)


def foreign(keys: Sequence[str], program: int) -> list[str]:
    """A sentence for each of these quizzes that is another program's."""
    elsewhere = Activity.objects.filter(key__in=keys).exclude(program=program)
    return [f"“{activity.title}” belongs to another program." for activity in elsewhere]


# Gathering ----------------------------------------------------------------------------------------------------------


@remember(seconds=3600, most=64)
def places_of(edition: int) -> Mapping[str, Place]:
    """The quizzes of an edition by the key of their activity, in its order. They never change."""
    items = EditionItem.objects.filter(edition=edition, activity__kind=ActivityKind.QUIZ).order_by("position")
    rows = items.values_list("activity__key", "title", "slug", "body__source__settings__feedback__score")
    shown = (None, FeedbackWhen.AT_ONCE)  # earlier editions have no policy, and showed it
    return MappingProxyType({str(key): Place(title, slug, score in shown) for key, title, slug, score in rows})


def handed_in_then(as_of: Any) -> QuerySet:
    """Rows of the attempts handed in by then, the earliest first; `passed` is null while one waits to be marked."""
    rows = Attempt.objects.filter(state__in=(*CLOSED, AttemptState.AWAITING), submitted_at__lte=as_of)
    return rows.order_by("id").values_list(*ROW)


def of_subjects(subjects: Iterable[Subject]) -> Q:
    """The attempts that may be theirs: of an enrolment, or of a person where a subject has none."""
    people = [subject.person for subject in subjects if not subject.enrolment]
    enrolments = [subject.enrolment for subject in subjects if subject.enrolment]
    return Q(enrolment__in=enrolments) | Q(enrolment__person__in=people)


def sittings_of(subjects: Iterable[Subject], rows: Iterable[Row]) -> Iterator[tuple[Subject, Sitting]]:
    """Every row with each subject whose it is and in whose window it lies."""
    by_enrolment: dict[int, list[Subject]] = {}
    by_person: dict[int, list[Subject]] = {}
    for subject in subjects:
        group, key = (by_enrolment, subject.enrolment) if subject.enrolment else (by_person, subject.person)
        group.setdefault(key, []).append(subject)
    for pk, enrolment, person, key, title, number, score, passed, critical, ended, zone, state, started in rows:
        on = timezone.localdate(ended, ZoneInfo(zone))
        sitting = Sitting(pk, str(key), title, number, score, passed, critical, on, state, started, ended)
        for subject in by_enrolment.get(enrolment, []) + by_person.get(person, []):
            if subject.spans(ended):
                yield subject, sitting
