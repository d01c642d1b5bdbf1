"""The requirement that passed quizzes answer. The quiz's own rules decide what passes; a standard may ask for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Q, Subquery
from django.utils.text import get_text_list

from assessments.models import AttemptMove
from assessments.requirements.sittings import (
    QuizFacts,
    QuizRef,
    Row,
    Sitting,
    awaits_marking,
    evidence_of,
    foreign,
    handed_in_then,
    named_quizzes,
    not_in_edition,
    of_subjects,
    places_of,
    refs_of,
    sittings_of,
    step_to,
    too_few_points,
    why_not,
)
from courses.standards.blocks import common_settings
from courses.standards.contract import Category, Config, Counted, Excluded, Facts, RequirementKind, Result, Subject
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of
from lms.web.prepared import PreparedQuery


@dataclass(frozen=True)
class QuizPassedConfig(Config):
    """`every_quiz` means all quizzes of the trainee's edition; else `quizzes`. `min_percent` 0: the quiz's own mark."""

    every_quiz: bool = False
    quizzes: tuple[QuizRef, ...] = ()
    min_percent: int = 0


class QuizPassed(RequirementKind):
    name = "quiz_passed"
    label = "Quizzes passed"
    config_class = QuizPassedConfig
    block = "assessments.blocks.QuizPassedBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, QuizFacts]:
        """One query. A passed quiz cannot be sat again, so passed attempts are one row for each; `detail`, and whoever is
        asked about alone, adds the others."""
        facts = {
            subject: QuizFacts(
                enrolment=subject.enrolment, places=places_of(subject.edition) if subject.edition else {}
            )
            for subject in subjects
        }
        for subject, sitting in sittings_of(facts, _rows(list(facts), as_of, detail)):
            if sitting.is_waiting:
                facts[subject].waiting.add(sitting.quiz)
            else:
                facts[subject].sittings.append(sitting)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_quizzes(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """No attempt is closed without a move."""
        return [newest_of(AttemptMove, enrolment="attempt__enrolment")]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> QuizPassedConfig:
        return QuizPassedConfig(
            **common_settings(value, key),
            every_quiz=bool(value.get("every_quiz")),
            quizzes=refs_of(value.get("quizzes") or ()),
            min_percent=value.get("min_percent") or 0,
        )

    def problems(self, config: QuizPassedConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        if config.every_quiz == bool(config.quizzes):
            return ["Choose either every quiz of the edition, or the quizzes one by one."]
        keys = [quiz.key for quiz in config.quizzes]
        return foreign(keys, program) + (["A quiz is named twice."] if len(set(keys)) < len(keys) else [])

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
        if not why_not(sitting, config.min_percent):
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
        counted=tuple(Counted(evidence_of(sitting, facts), 1) for sitting in sittings if sitting in counting.values()),
        excluded=tuple(
            Excluded(
                evidence_of(sitting, facts),
                1,
                why_not(sitting, config.min_percent) or "This quiz is counted already.",
            )
            for sitting in sittings
            if sitting not in counting.values()
        ),
        is_begun=bool(sittings or waiting),
        missing=tuple(_missing(key, wanted[key], facts) for key in missing)
        or (() if wanted else ("Your edition has no quiz yet.",)),
        next_steps=tuple(
            step_to(key, facts) for key in missing if key not in waiting and key in facts.places and facts.enrolment
        ),
    )


def _state(wanted: Mapping[str, str], missing: Sequence[str], waiting: Sequence[str]) -> ResultState:
    """Waiting when nothing is left to the trainee: all that is missing is with whoever marks it."""
    if wanted and not missing:
        return ResultState.MET
    return ResultState.PENDING if missing and len(waiting) == len(missing) else ResultState.UNMET


def wanted_quizzes(config: QuizPassedConfig, facts: QuizFacts) -> dict[str, str]:
    """Key and title of each quiz asked for, in order."""
    if config.every_quiz:
        return {key: place.title for key, place in facts.places.items()}
    return named_quizzes(config.quizzes, facts)


def _missing(key: str, title: str, facts: QuizFacts) -> str:
    if key not in facts.places:
        return not_in_edition(title)
    if key in facts.waiting:
        return awaits_marking(title)
    if any(sitting.quiz == key and sitting.passed for sitting in facts.sittings):
        return too_few_points(title)
    return f"Pass {title}."


# Gathering ----------------------------------------------------------------------------------------------------------

COUNTING = Q(passed=True) | Q(passed=None)  # passed, or waiting to be marked

_all_of_one = PreparedQuery(
    lambda enrolment, as_of: handed_in_then(as_of).filter(enrolment=enrolment),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)


def _rows(subjects: Sequence[Subject], as_of: datetime, detail: bool) -> Sequence[Row]:
    if len(subjects) == 1 and subjects[0].enrolment:
        return _all_of_one(enrolment=subjects[0].enrolment, as_of=as_of)
    handed_in = handed_in_then(as_of).filter(of_subjects(subjects))
    return handed_in if detail else handed_in.filter(COUNTING)
