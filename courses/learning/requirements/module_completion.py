"""The requirement that completed modules answer: every core module, and some electives.

A module counts when all its lessons are completed. Its quizzes are a requirement of their own kind.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import BigIntegerField, Count, DateTimeField, F, Max, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.learning.models import Completion
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

ENOUGH_ELECTIVES = "You have more electives than are asked for."


@dataclass(frozen=True)
class ModuleCompletionConfig(Config):
    electives: int = 0


@dataclass(frozen=True)
class LessonFact:
    title: str
    slug: str
    is_done: bool


@dataclass(frozen=True)
class ModuleFact:
    """One module of the edition with its lessons counted. `lessons` is filled in detail only."""

    activity: int
    title: str
    is_core: bool
    total: int
    done: int
    last_on: date | None = None
    lessons: tuple[LessonFact, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and self.done >= self.total


@dataclass
class ModuleFacts(Facts):
    """Every module of the subject's edition that has lessons, in its order."""

    modules: list[ModuleFact] = field(default_factory=list)
    enrolment: int | None = None
    is_detailed: bool = False


class ModuleCompletion(RequirementKind):
    name = "module_completion"
    label = "Modules completed"
    config_class = ModuleCompletionConfig
    block = "courses.learning.blocks.ModuleCompletionBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, ModuleFacts]:
        """One query: completions counted per enrolment and module; `detail` asks one more, for each by name. What an
        edition holds is remembered."""
        modules = {subject.edition: _modules(subject.edition) for subject in subjects if subject.edition}
        counts = _counts(subjects, as_of)
        facts = {}
        for subject in subjects:
            found = [_module_fact(module, counts.get(subject, {})) for module in modules.get(subject.edition, ())]
            facts[subject] = ModuleFacts(modules=found, enrolment=subject.enrolment)
        if detail:
            for subject in subjects:
                _add_lessons(facts[subject], subject, as_of)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_modules(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """Completions are only ever added."""
        return [newest_of(Completion, enrolment="enrolment")]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> ModuleCompletionConfig:
        return ModuleCompletionConfig(**common_settings(value, key), electives=int(value["electives"] or 0))

    def describe(self, config: ModuleCompletionConfig) -> str:
        if not config.electives:
            return "All lessons of every core module completed."
        return f"All lessons of every core module completed, and of {_modules_words(config.electives, 'elective')}."


# Judging: pure ------------------------------------------------------------------------------------------------------


def judge_modules(config: ModuleCompletionConfig, facts: ModuleFacts) -> Result:
    core = [module for module in facts.modules if module.is_core]
    electives = [module for module in facts.modules if not module.is_core]
    core_done = [module for module in core if module.is_complete]
    electives_done = sorted((module for module in electives if module.is_complete), key=_by_completion)
    counted, surplus = electives_done[: config.electives], electives_done[config.electives :]
    done, needed = len(core_done) + len(counted), len(core) + config.electives
    is_met = done >= needed > 0
    return Result(
        key=config.key,
        title=config.title,
        state=ResultState.MET if is_met else ResultState.UNMET,
        done=done,
        needed=needed,
        unit=Unit.MODULES,
        counted=tuple(Counted(_evidence(module), 1) for module in _detailed(facts, core_done + counted)),
        excluded=tuple(Excluded(_evidence(module), 1, ENOUGH_ELECTIVES) for module in _detailed(facts, surplus)),
        missing=() if is_met else _missing(config, core, electives, len(counted)),
        next_steps=() if is_met else _next_steps(facts, core, electives, len(counted) < config.electives),
        parts=_parts(config, core, core_done, counted) if config.electives else (),
    )


def _detailed(facts: ModuleFacts, modules: Iterable[ModuleFact]) -> list[ModuleFact]:
    return sorted(modules, key=_by_completion) if facts.is_detailed else []


def _by_completion(module: ModuleFact) -> tuple[date, int]:
    return (module.last_on or date.min, module.activity)


def _evidence(module: ModuleFact) -> Evidence:
    return Evidence(kind="module", id=module.activity, label=module.title, on=module.last_on or date.min)


def _missing(config, core: list[ModuleFact], electives: list[ModuleFact], counted: int) -> tuple[str, ...]:
    if not core and not config.electives:
        return ("Your edition of the program has no required module with lessons.",)
    sentences = [f"{module.title}: {_lessons_left(module)}." for module in core if not module.is_complete]
    if counted < config.electives:
        sentences.append(f"{_modules_words(config.electives - counted, 'more elective').capitalize()}.")
    if len(electives) < config.electives:
        offered = _modules_words(len(electives), "elective") if electives else "no elective modules"
        sentences.append(f"Your edition offers {offered}. Please ask your program director.")
    return tuple(sentences)


def _lessons_left(module: ModuleFact) -> str:
    left = module.total - module.done
    return f"{left} of {module.total} lessons to go" if module.total > 1 else "1 lesson to go"


def _modules_words(number: int, kind: str) -> str:
    return f"{number} {kind} module{'' if number == 1 else 's'}"


def _next_steps(facts: ModuleFacts, core, electives, wants_electives: bool) -> tuple[Step, ...]:
    """The first lesson that is still to be read; the outline where the lessons were not asked for."""
    if facts.enrolment is None:
        return ()
    for module in [*core, *(electives if wants_electives else [])]:
        for lesson in module.lessons:
            if not lesson.is_done:
                return (Step(f"Read “{lesson.title}”", reverse("learn_item", args=[facts.enrolment, lesson.slug])),)
    return (Step("Open your lessons", reverse("learn_outline", args=[facts.enrolment])),)


def _parts(config, core, core_done, counted) -> tuple[Result, ...]:
    lines = [
        ("core", "Core modules", len(core_done), len(core)),
        ("electives", "Electives", len(counted), config.electives),
    ]
    return tuple(
        Result(
            key=f"{config.key}.{name}",
            title=title,
            state=ResultState.MET if done >= needed else ResultState.UNMET,
            done=done,
            needed=needed,
            unit=Unit.MODULES,
        )
        for name, title, done, needed in lines
    )


# Gathering ----------------------------------------------------------------------------------------------------------


@remember(seconds=3600, most=64)
def _modules(edition: int) -> tuple[EditionItem, ...]:
    """The modules of an edition that have lessons, in order; each with the number of its lessons. They never change."""
    lessons = Count("children", filter=Q(children__activity__kind=ActivityKind.LESSON))
    rows = EditionItem.objects.filter(edition=edition, activity__kind=ActivityKind.MODULE)
    return tuple(rows.annotate(lessons=lessons).filter(lessons__gt=0).order_by("position"))


def _counts(subjects: Sequence[Subject], as_of: datetime) -> dict[Subject, dict[int, tuple[int, datetime]]]:
    """For each subject, by module: lessons completed and when the last was. One query for each window of time."""
    windows = defaultdict(list)
    for subject in subjects:
        if subject.enrolment is not None:
            windows[subject.since, subject.until].append(subject)
    found: dict[Subject, dict[int, tuple[int, datetime]]] = {}
    for window, members in windows.items():
        by_enrolment = {subject.enrolment: subject for subject in members}
        if len(members) == 1 and window == (None, None):
            rows = _counted_of_one(enrolment=members[0].enrolment, as_of=as_of)
        else:
            rows = _counted(_completions(by_enrolment, *window, as_of))
        for enrolment, module, number, last in rows:
            found.setdefault(by_enrolment[enrolment], {})[module] = (number, last)
    return found


def _completed_by(as_of) -> QuerySet[Completion]:
    """Completions of lessons that had taken effect by then."""
    return Completion.objects.filter(activity__kind=ActivityKind.LESSON, completed_at__lte=as_of)


def _counted(completions: QuerySet[Completion]) -> QuerySet:
    """Enrolment, module, how many lessons, when the last was: lessons that are part of the enrolment's edition."""
    in_edition = completions.filter(activity__items__edition=F("enrolment__edition"))
    rows = in_edition.values_list("enrolment_id", "activity__items__parent")
    return rows.annotate(number=Count("pk"), last=Max("completed_at")).order_by()


_counted_of_one = PreparedQuery(
    lambda enrolment, as_of: _counted(_completed_by(as_of).filter(enrolment=enrolment)),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)


def _completions(enrolments: Iterable[int], since: datetime | None, until: datetime | None, as_of: datetime):
    """Those of lessons that had taken effect by then, inside the window."""
    rows = _completed_by(as_of).filter(enrolment__in=list(enrolments))
    rows = rows.filter(completed_at__gte=since) if since else rows
    return rows.filter(completed_at__lt=until) if until else rows


def _module_fact(module: EditionItem, counts: Mapping[int, tuple[int, datetime]]) -> ModuleFact:
    done, last = counts.get(module.pk, (0, None))
    last_on = timezone.localtime(last).date() if last else None
    return ModuleFact(module.activity_id, module.title, module.is_core, module.lessons, done, last_on)


def _add_lessons(facts: ModuleFacts, subject: Subject, as_of: datetime) -> None:
    """Each module's lessons by name, for the one subject whose standing is read in detail."""
    done = _done(subject, as_of)
    lessons = _lessons(subject.edition) if subject.edition else {}
    facts.modules = [
        replace(
            module,
            lessons=tuple(
                LessonFact(title, slug, activity in done) for activity, title, slug in lessons.get(module.activity, ())
            ),
        )
        for module in facts.modules
    ]
    facts.is_detailed = True


def _done(subject: Subject, as_of: datetime) -> set[int]:
    """The activities of the lessons completed by then."""
    if subject.is_whole:
        rows = _done_of_one(enrolment=subject.enrolment, as_of=as_of)
    else:
        rows = _completions([subject.enrolment], subject.since, subject.until, as_of).values_list("activity_id")
    return {activity for (activity,) in rows}


_done_of_one = PreparedQuery(
    lambda enrolment, as_of: _completed_by(as_of).filter(enrolment=enrolment).values_list("activity_id"),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)


@remember(seconds=3600, most=64)
def _lessons(edition: int) -> Mapping[int, list[tuple[int, str, str]]]:
    """The lessons of an edition by the activity of their module, in order: activity, title, slug. They never change."""
    rows = EditionItem.objects.filter(edition=edition, activity__kind=ActivityKind.LESSON).order_by("position")
    found = defaultdict(list)
    for module, *lesson in rows.values_list("parent__activity_id", "activity_id", "title", "slug"):
        found[module].append(tuple(lesson))
    return MappingProxyType(dict(found))
