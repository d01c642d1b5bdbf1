"""Two requirement kinds that exist in tests only: a real one over real rows, and one that depends on it."""

from dataclasses import dataclass, field

import pytest
from wagtail import blocks

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, Body
from courses.learning.models import Completion
from courses.standards import registry
from courses.standards.blocks import RequirementBlock, common_settings
from courses.standards.contract import Config, Counted, Evidence, Excluded, Facts, RequirementKind, Result, Step
from courses.standards.enums import SATISFIED, ResultState, Unit
from courses.standards.models import Standard
from lms.enums import Provenance


class ReadingBlock(RequirementBlock):
    needed = blocks.IntegerBlock(min_value=1)
    at_most_transferred = blocks.IntegerBlock(required=False)


@dataclass(frozen=True)
class ReadingConfig(Config):
    needed: int = 1
    at_most_transferred: int | None = None
    topics: tuple[str, ...] = ()


@dataclass
class ReadingFacts(Facts):
    earned: int = 0
    transferred: int = 0
    rows: list[tuple[Evidence, bool]] = field(default_factory=list)


class Readings(RequirementKind):
    """So many activities completed, of which at most some transferred from elsewhere."""

    name = "test_readings"
    label = "Activities completed"
    config_class = ReadingConfig
    block = "tests.courses.kinds.ReadingBlock"

    def gather(self, configs, subjects, as_of, detail=False):
        facts = {subject: ReadingFacts() for subject in subjects}
        by_enrolment = {subject.enrolment: subject for subject in subjects}
        found = Completion.objects.filter(enrolment__in=by_enrolment, completed_at__lte=as_of)
        for enrolment, provenance in found.values_list("enrolment", "provenance"):
            kept = facts[by_enrolment[enrolment]]
            if provenance == Provenance.EARNED:
                kept.earned += 1
            else:
                kept.transferred += 1
        if detail:
            for row in found.select_related("activity").order_by("completed_at", "id"):
                evidence = Evidence("test.completion", row.pk, row.activity.title, row.completed_at.date())
                kept = facts[by_enrolment[row.enrolment_id]]
                kept.rows.append((evidence, row.provenance == Provenance.EARNED))
        return facts

    def judge(self, config, facts, upstream, categories):
        cap = facts.transferred if config.at_most_transferred is None else config.at_most_transferred
        done = facts.earned + min(facts.transferred, cap)
        missing = max(config.needed - done, 0)
        counted, excluded, room = [], [], cap
        for evidence, is_earned in facts.rows:
            if is_earned or room > 0:
                counted.append(Counted(evidence, 1))
                room -= not is_earned
            else:
                excluded.append(Excluded(evidence, 1, f"At most {cap} may come from elsewhere."))
        return Result(
            key=config.key,
            title=config.title,
            state=ResultState.UNMET if missing else ResultState.MET,
            done=done,
            needed=config.needed,
            unit=Unit.ITEMS,
            counted=tuple(counted),
            excluded=tuple(excluded),
            missing=(f"{missing} more to complete.",) if missing else (),
            next_steps=(Step("Go on learning", "/home/"),) if missing else (),
        )

    def config_from_block(self, value, key):
        return ReadingConfig(
            **common_settings(value, key), needed=value["needed"], at_most_transferred=value["at_most_transferred"]
        )

    def describe(self, config):
        return f"{config.needed} activities completed."

    def problems(self, config, *, program, categories):
        if (config.at_most_transferred or 0) > config.needed:
            return ["The cap is higher than what is needed."]
        return []


@dataclass(frozen=True)
class SummitConfig(Config):
    base: str = ""


class Summit(RequirementKind):
    """Met as soon as the requirement it rests on is satisfied."""

    name = "test_a_summit"  # sorts before what it depends on
    label = "After another requirement"
    config_class = SummitConfig
    block = "courses.standards.blocks.RequirementBlock"
    depends_on = ("test_readings",)

    def gather(self, configs, subjects, as_of, detail=False):
        return {subject: Facts() for subject in subjects}

    def judge(self, config, facts, upstream, categories):
        is_met = upstream[config.base].state in SATISFIED
        state = ResultState.MET if is_met else ResultState.UNMET
        return Result(config.key, config.title, state, int(is_met), 1, Unit.ITEMS)

    def config_from_block(self, value, key):
        return SummitConfig(**common_settings(value, key))

    def describe(self, config):
        return "The requirement it rests on."


@pytest.fixture
def test_kinds():
    """The two kinds are registered for one test and then gone."""
    kinds = (Readings(), Summit())
    for kind in kinds:
        registry.register_kind(kind)
    _forget_blocks()
    yield
    for kind in kinds:
        del registry._kinds[kind.name]
    _forget_blocks()


def _forget_blocks():
    Standard._meta.get_field("requirements").__dict__.pop("stream_block", None)


def complete(enrolment, *, at, number=1, provenance=Provenance.EARNED) -> list[Completion]:
    """So many completions of fresh activities, all at one moment."""
    body, _ = Body.objects.get_or_create(
        sha256="0" * 64, defaults={"kind": ActivityKind.LESSON, "source": {}, "renderer_version": 1}
    )
    made = []
    for _ in range(number):
        position = Activity.objects.count() + 1
        activity = Activity.objects.create(
            kind=ActivityKind.LESSON, program=enrolment.program, title=f"Lesson {position}"
        )
        made.append(
            Completion.objects.create(
                enrolment=enrolment, activity=activity, body=body, completed_at=at, provenance=provenance
            )
        )
    return made
