"""The requirement that credited minutes answer: in total, of single topics, and in single formats.

What counts are the credits of completed activities in the edition that the enrolment is pinned to: lessons and whatever
else keeps a completion, quizzes that were passed, and what a module itself credits once all its lessons are complete.
Electives count like the rest. An item counts once, with all its lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list

from courses.curriculum.credits import Credit, credited, label_of
from courses.curriculum.enums import ActivityKind, TeachingFormat
from courses.curriculum.models import Edition, EditionItem, Topic
from courses.learning.models import Completion
from courses.learning.registry import completed_elsewhere, completion_marks, view_of
from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Evidence,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of
from lms.web.aggregates import JoinedIds, ids_in
from lms.web.memory import remember
from lms.web.templatetags.ui import minutes as hours


@dataclass(frozen=True)
class TopicMinimum:
    """At least so many minutes of one topic; `label` is what it was called when the standard was published."""

    topic: str
    label: str
    minutes: int


@dataclass(frozen=True)
class FormatMinimum:
    format: str
    minutes: int


@dataclass(frozen=True)
class DidacticConfig(Config):
    minutes: int = 0
    topics: tuple[TopicMinimum, ...] = ()
    formats: tuple[FormatMinimum, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One line of what is asked for: the total, or the part of it that has a topic or a format."""

    key: str
    title: str
    minutes: int
    topic: str = ""
    format: str = ""

    def of(self, credits: Iterable[Credit]) -> int:
        """How many of these minutes answer it."""
        return sum(
            credit.minutes
            for credit in credits
            if self.topic in ("", credit.topic) and self.format in ("", credit.format)
        )

    @property
    def words(self) -> str:
        """After an amount: 30 min "on Ethics of touch"."""
        if self.topic:
            return f"on {self.title}"
        return self.title.lower() if self.format else "of lessons"


def asks_of(config: DidacticConfig) -> list[Ask]:
    """The total first, then topics and formats as the standard has them."""
    topics = [
        Ask(f"{config.key}.topic.{part.topic}", part.label, part.minutes, topic=part.topic) for part in config.topics
    ]
    formats = [
        Ask(
            f"{config.key}.format.{part.format}",
            TeachingFormat(part.format).label,
            part.minutes,
            format=part.format,
        )
        for part in config.formats
    ]
    return [Ask(config.key, config.title, config.minutes), *topics, *formats]


@dataclass(frozen=True)
class CreditedItem:
    """One item of an edition, with what it credits. `lessons` are the activities that complete a module."""

    activity: int
    kind: str
    title: str
    slug: str
    credits: tuple[Credit, ...]
    lessons: tuple[int, ...] = ()

    def is_done(self, done: Iterable[int]) -> bool:
        if self.kind == ActivityKind.MODULE:
            return bool(self.lessons) and all(lesson in done for lesson in self.lessons)
        return self.activity in done


@dataclass
class DidacticFacts(Facts):
    """The items of the subject's edition, and the activities that were completed; with their days in detail only."""

    items: tuple[CreditedItem, ...] = ()
    done: Mapping[int, date | None] = field(default_factory=dict)
    enrolment: int | None = None
    is_detailed: bool = False


class DidacticMinutes(RequirementKind):
    name = "didactic_minutes"
    label = "Hours of lessons"
    config_class = DidacticConfig
    block = "courses.learning.blocks.DidacticMinutesBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, DidacticFacts]:
        """One query for completions (one for each window of time), and one for each kind whose completions other rooms
        keep. The items of an edition are remembered."""
        done = _done(subjects, as_of, detail)
        return {
            subject: DidacticFacts(
                items=credited_items(subject.edition) if subject.edition else (),
                done=done.get(subject, {}),
                enrolment=subject.enrolment,
                is_detailed=detail,
            )
            for subject in subjects
        }

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_didactic(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """Completions are only ever added."""
        return [newest_of(Completion, enrolment="enrolment"), *completion_marks()]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> DidacticConfig:
        topics, formats = value.get("topics") or (), value.get("formats") or ()
        labels = dict(Topic.objects.values_list("key", "label")) if topics else {}
        return DidacticConfig(
            **common_settings(value, key),
            minutes=_minutes(value["hours"]),
            topics=tuple(
                TopicMinimum(part["topic"], label_of(part["topic"], labels), _minutes(part["hours"])) for part in topics
            ),
            formats=tuple(FormatMinimum(part["format"], _minutes(part["hours"])) for part in formats),
        )

    def describe(self, config: DidacticConfig) -> str:
        _, *parts = asks_of(config)
        named = [f"{hours(part.minutes)} {part.words}" for part in parts]
        of_them = f", of them {get_text_list(named, 'and')}" if named else ""
        return f"At least {hours(config.minutes)} of lessons{of_them}."

    def problems(self, config: DidacticConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        """What contradicts itself, a topic that nobody knows, and what the newest edition cannot give."""
        newest = Edition.objects.filter(program=program).order_by("-number").values_list("pk", flat=True).first()
        credits = [credit for item in credited_items(newest) for credit in item.credits] if newest else []
        known = {*Topic.objects.values_list("key", flat=True), *(credit.topic for credit in credits)}
        found = [f"There is no topic “{part.topic}”." for part in config.topics if part.topic not in known]
        found += _contradictions(config)
        if newest:
            found += [
                f"It asks for {hours(ask.minutes)} {ask.words}, but the newest edition has {hours(ask.of(credits))}."
                for ask in asks_of(config)
                if ask.of(credits) < ask.minutes
            ]
        return found


def _minutes(hours_written: Any) -> int:
    return round(60 * hours_written)


def _contradictions(config: DidacticConfig) -> list[str]:
    """A minute has one topic and one format, so the parts of either kind never add up to more than the total."""
    found = []
    for noun, parts in (("topic", config.topics), ("format", config.formats)):
        names = [getattr(part, noun) for part in parts]
        together = sum(part.minutes for part in parts)
        if len(set(names)) < len(names):
            found.append(f"A {noun} is named twice.")
        if together > config.minutes:
            found.append(
                f"Its {noun}s ask for {hours(together)} together, more than the total of {hours(config.minutes)}."
            )
    return found


# Judging: pure ------------------------------------------------------------------------------------------------------


def judge_didactic(config: DidacticConfig, facts: DidacticFacts) -> Result:
    finished = [item for item in facts.items if item.is_done(facts.done)]
    credits = [credit for item in finished for credit in item.credits]
    total, *parts = asks_of(config)
    unmet = [ask for ask in (total, *parts) if ask.of(credits) < ask.minutes]
    return Result(
        key=config.key,
        title=config.title,
        state=ResultState.UNMET if unmet else ResultState.MET,
        done=total.of(credits),
        needed=total.minutes,
        unit=Unit.MINUTES,
        counted=tuple(_counted(finished, facts)) if facts.is_detailed else (),
        missing=tuple(sentence for ask in unmet for sentence in _missing(ask, credits, facts)),
        next_steps=_next_steps(unmet, facts),
        parts=tuple(_part(ask, credits) for ask in parts),
    )


def _part(ask: Ask, credits: Sequence[Credit]) -> Result:
    done = ask.of(credits)
    return Result(
        key=ask.key,
        title=ask.title,
        state=ResultState.MET if done >= ask.minutes else ResultState.UNMET,
        done=done,
        needed=ask.minutes,
        unit=Unit.MINUTES,
    )


def _counted(finished: Iterable[CreditedItem], facts: DidacticFacts) -> list[Counted]:
    rows = []
    for item in finished:
        days = [facts.done.get(activity) or date.min for activity in item.lessons or (item.activity,)]
        evidence = Evidence(kind="activity", id=item.activity, label=item.title, on=max(days))
        rows.append(Counted(evidence, sum(credit.minutes for credit in item.credits)))
    return sorted((row for row in rows if row.amount), key=lambda row: (row.evidence.on, row.evidence.id))


def _missing(ask: Ask, credits: Sequence[Credit], facts: DidacticFacts) -> list[str]:
    offered = ask.of(credit for item in facts.items for credit in item.credits)
    sentences = [f"{hours(ask.minutes - ask.of(credits))} more {ask.words}."]
    if offered < ask.minutes:
        sentences.append(
            f"Your edition offers {hours(offered) if offered else 'nothing'} {ask.words}. Please ask your program director."
        )
    return sentences


def _next_steps(unmet: Sequence[Ask], facts: DidacticFacts) -> tuple[Step, ...]:
    """For each line that is short, the first item that adds to it; the parts first, for they are the narrower ones."""
    if facts.enrolment is None:
        return ()
    items = [_next_item(ask, facts) for ask in (*unmet[1:], *unmet[:1])]
    steps = [_step(item, facts.enrolment) for item in dict.fromkeys(items) if item]
    return tuple(step for step in steps if step)


def _next_item(ask: Ask, facts: DidacticFacts) -> CreditedItem | None:
    by_activity = {item.activity: item for item in facts.items}
    for item in facts.items:
        if ask.of(item.credits) and not item.is_done(facts.done):
            left = [lesson for lesson in item.lessons if lesson not in facts.done]
            if item.kind != ActivityKind.MODULE or left:
                return by_activity[left[0]] if left else item
    return None


def _step(item: CreditedItem, enrolment: int) -> Step | None:
    view = view_of(item.kind)
    if view is None:
        return None
    verb = "Read" if item.kind == ActivityKind.LESSON else "Go to"
    return Step(f"{verb} “{item.title}”", reverse(view.url_name, args=[enrolment, item.slug]))


# Gathering ----------------------------------------------------------------------------------------------------------


@remember(seconds=3600, most=64)
def credited_items(edition: int) -> tuple[CreditedItem, ...]:
    """Every item of an edition, in its order. They never change."""
    rows = list(EditionItem.objects.filter(edition=edition).select_related("activity").order_by("position"))
    lessons = defaultdict(list)
    for row in rows:
        if row.activity.kind == ActivityKind.LESSON:
            lessons[row.parent_id].append(row.activity_id)
    return tuple(
        CreditedItem(
            row.activity_id, row.activity.kind, row.title, row.slug, credited(row), tuple(lessons.get(row.pk, ()))
        )
        for row in rows
    )


def _done(subjects: Sequence[Subject], as_of: datetime, detail: bool) -> dict[Subject, dict[int, date | None]]:
    windows = defaultdict(list)
    for subject in subjects:
        if subject.enrolment is not None:
            windows[subject.since, subject.until].append(subject)
    found: dict[Subject, dict[int, date | None]] = {}
    for (since, until), members in windows.items():
        by_enrolment = {subject.enrolment: subject for subject in members}
        rows = Completion.objects.filter(enrolment__in=by_enrolment, completed_at__lte=as_of)
        rows = rows.filter(completed_at__gte=since) if since else rows
        rows = rows.filter(completed_at__lt=until) if until else rows
        for enrolment, done in _days(rows) if detail else _ids(rows):
            found.setdefault(by_enrolment[enrolment], {}).update(done)
        for enrolment, activity, at in completed_elsewhere(list(by_enrolment), as_of):
            if (since is None or at >= since) and (until is None or at < until):
                found.setdefault(by_enrolment[enrolment], {})[activity] = timezone.localtime(at).date()
    return found


def _ids(rows) -> Iterable[tuple[int, dict[int, None]]]:
    joined = rows.order_by().values_list("enrolment").annotate(ids=JoinedIds("activity"))
    return ((enrolment, dict.fromkeys(ids_in(ids))) for enrolment, ids in joined)


def _days(rows) -> Iterable[tuple[int, dict[int, date]]]:
    days = rows.values_list("enrolment", "activity", "completed_at")
    return ((enrolment, {activity: timezone.localtime(at).date()}) for enrolment, activity, at in days)
