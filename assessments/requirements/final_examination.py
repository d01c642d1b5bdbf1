"""The requirement that one quiz answers as the final examination of a standard, under conditions of its own.

What passes the quiz is said by the quiz. The standard may ask for more percent, for few attempts, and for what must be
passed before it is begun. An attempt under an accommodation has the attempts that were agreed then, and every attempt
those that were granted to her one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.utils.text import get_text_list

from assessments.enums import CLOSED, AttemptState, RequestState
from assessments.models import Accommodation, Attempt, AttemptMove, AttemptRequest, QuizPage
from assessments.requirements.sittings import (
    NO_QUIZ,
    ROW,
    QuizFacts,
    QuizRef,
    Row,
    Sitting,
    awaits_marking,
    evidence_of,
    foreign,
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
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import ResultState, Unit
from courses.standards.marks import newest_of

ALWAYS = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """What became of an attempt at the examination."""

    COUNTS = "counts"
    ANNULLED = "annulled"
    OVER = "over"
    TOO_EARLY = "too_early"
    WAITS = "waits"
    RAN_OUT = "ran_out"
    NOT_PASSED = "not_passed"
    TOO_FEW = "too_few"


SENTENCES = {
    Why.COUNTS: "The examination is counted already.",
    Why.ANNULLED: "It was annulled and counts for nothing, also not against your attempts.",
    Why.TOO_EARLY: "It was begun before what had to come first.",
    Why.WAITS: "It waits to be marked.",
    Why.RAN_OUT: "Its time ran out, and what was answered by then does not pass.",
}


@dataclass(frozen=True)
class FinalExaminationConfig(Config):
    """`min_percent` 0: the quiz's own mark; `most_attempts` 0: no limit of the standard's own.

    `after_every_quiz` means all other quizzes of the trainee's edition; else `after`.
    """

    quiz: QuizRef = NO_QUIZ
    min_percent: int = 0
    most_attempts: int = 0
    after_every_quiz: bool = False
    after: tuple[QuizRef, ...] = ()


@dataclass(frozen=True)
class Agreed:
    """More attempts that were agreed with a person, from one moment until another, or to this day."""

    attempts: int
    since: datetime
    until: datetime | None


@dataclass
class ExaminationFacts(QuizFacts):
    """`sittings` are all that were handed in, those that wait or were annulled too; of what comes before, the passed ones.

    `granted` holds the quiz and the moment of every single further attempt that was granted at her request.
    """

    as_of: datetime | None = None
    agreed: list[Agreed] = field(default_factory=list)
    granted: list[tuple[str, datetime]] = field(default_factory=list)


class FinalExamination(RequirementKind):
    name = "final_examination"
    label = "Final examination"
    config_class = FinalExaminationConfig
    block = "assessments.blocks.FinalExaminationBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, ExaminationFacts]:
        """Three queries: the attempts, few for each person and without their answers, what was agreed with people, and
        what was granted to them."""
        facts = {
            subject: ExaminationFacts(
                enrolment=subject.enrolment,
                places=places_of(subject.edition) if subject.edition else {},
                as_of=as_of,
            )
            for subject in subjects
        }
        for subject, sitting in sittings_of(facts, _attempts(configs, facts, as_of)):
            facts[subject].sittings.append(sitting)
        for subject, agreed in _agreements(facts, as_of):
            facts[subject].agreed.append(agreed)
        for subject, granted in _grants(configs, facts, as_of):
            facts[subject].granted.append(granted)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_examination(config, facts)

    def evidence_marks(self) -> Sequence[Subquery]:
        """No attempt is closed without a move; what is agreed is added, and ended once; a request is decided once."""
        agreed = Accommodation.objects.filter(person=OuterRef("person"), program=OuterRef("program"))
        changes = agreed.order_by().values("program").annotate(mark=Max("pk") + Count("ended_at"))
        granted = AttemptRequest.objects.filter(enrolment=OuterRef("pk"), state=RequestState.GRANTED)
        grants = granted.order_by().values("enrolment").annotate(mark=Count("pk"))
        return [
            newest_of(AttemptMove, enrolment="attempt__enrolment"),
            Subquery(changes.values("mark")),
            Subquery(grants.values("mark")),
        ]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> FinalExaminationConfig:
        (quiz,) = refs_of([value.get("quiz")]) or (NO_QUIZ,)
        return FinalExaminationConfig(
            **common_settings(value, key),
            quiz=quiz,
            min_percent=value.get("min_percent") or 0,
            most_attempts=value.get("most_attempts") or 0,
            after_every_quiz=bool(value.get("after_every_quiz")),
            after=refs_of(value.get("after") or ()),
        )

    def problems(
        self, config: FinalExaminationConfig, *, program: int, categories: Mapping[str, Category]
    ) -> list[str]:
        if not config.quiz.key:
            return ["Choose the quiz that is the final examination."]
        before = [quiz.key for quiz in config.after]
        found = foreign([config.quiz.key, *before], program)
        if config.after_every_quiz and before:
            found.append("Choose either every other quiz to come before it, or the quizzes one by one.")
        if config.quiz.key in before:
            found.append(f"{config.quiz.title} cannot come before itself.")
        if len(set(before)) < len(before):
            found.append("A quiz is named twice.")
        return found + _below_its_own_mark(config)

    def describe(self, config: FinalExaminationConfig) -> str:
        mark = f" with at least {config.min_percent} %" if config.min_percent else ""
        few = f", within {attempts_in_words(config.most_attempts)}" if config.most_attempts else ""
        before = (
            "every other quiz" if config.after_every_quiz else get_text_list([one.title for one in config.after], "and")
        )
        after = f" It is begun after {before} {'is' if len(config.after) < 2 else 'are'} passed." if before else ""
        return f"Pass {config.quiz.title}{mark}, with no critical item missed{few}.{after}"


# Judging: pure ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """One attempt at the examination; `allowed` is how many attempts it had, 0 without a limit."""

    sitting: Sitting
    why: Why
    allowed: int

    def reason(self, config: FinalExaminationConfig) -> str:
        if self.why == Why.OVER:
            return f"Only {attempts_in_words(self.allowed)} may be used, and this is one more."
        return SENTENCES.get(self.why) or why_not(self.sitting, config.min_percent)


def judge_examination(config: FinalExaminationConfig, facts: ExaminationFacts) -> Result:
    """The earliest attempt that keeps every condition is the examination."""
    verdicts = list(_verdicts(config, facts))
    good = [verdict for verdict in verdicts if verdict.why == Why.COUNTS][:1]
    waits = not good and any(verdict.why == Why.WAITS for verdict in verdicts)
    missing, steps = ((), ()) if good else _what_is_left(config, facts, verdicts)
    return Result(
        key=config.key,
        title=config.title,
        state=ResultState.MET if good else ResultState.PENDING if waits else ResultState.UNMET,
        done=len(good),
        needed=1,
        unit=Unit.EXAMINATIONS,
        pending=int(waits),
        counted=tuple(Counted(evidence_of(verdict.sitting, facts), 1) for verdict in good),
        excluded=tuple(
            Excluded(evidence_of(verdict.sitting, facts), 1, verdict.reason(config))
            for verdict in verdicts
            if verdict not in good
        ),
        missing=missing,
        next_steps=steps,
        parts=tuple(_parts(config, facts)),
    )


def _verdicts(config: FinalExaminationConfig, facts: ExaminationFacts) -> Iterator[Verdict]:
    """Each attempt in the order in which they were begun. An annulled one uses none of those allowed."""
    opens, used = _opens_at(config, facts), 0
    for sitting in _attempts_in_order(config, facts):
        used += not sitting.is_annulled
        allowed = _allowed(config, facts, sitting.started)
        is_over, is_early = 0 < allowed < used, opens is None or sitting.started < opens
        yield Verdict(sitting, _why(sitting, config, is_over=is_over, is_early=is_early), allowed)


def _why(sitting: Sitting, config: FinalExaminationConfig, *, is_over: bool, is_early: bool) -> Why:
    if sitting.is_annulled:
        return Why.ANNULLED
    if is_over:
        return Why.OVER
    if is_early:
        return Why.TOO_EARLY
    if sitting.is_waiting:
        return Why.WAITS
    if sitting.passed:
        return Why.TOO_FEW if sitting.percent < config.min_percent else Why.COUNTS
    has_run_out = sitting.state == AttemptState.EXPIRED and not sitting.failed_critical
    return Why.RAN_OUT if has_run_out else Why.NOT_PASSED


def _attempts_in_order(config: FinalExaminationConfig, facts: ExaminationFacts) -> list[Sitting]:
    sat = [sitting for sitting in facts.sittings if sitting.quiz == config.quiz.key]
    return sorted(sat, key=lambda sitting: (sitting.started, sitting.id))


def _allowed(config: FinalExaminationConfig, facts: ExaminationFacts, moment: datetime) -> int:
    """How many attempts may be used, with those that were agreed or granted at that moment; 0 for no limit."""
    if not config.most_attempts:
        return 0
    valid = [one for one in facts.agreed if one.since <= moment and (one.until is None or moment < one.until)]
    granted = sum(quiz == config.quiz.key and since <= moment for quiz, since in facts.granted)
    return config.most_attempts + max((one.attempts for one in valid), default=0) + granted


def _used(config: FinalExaminationConfig, facts: ExaminationFacts) -> int:
    return sum(not sitting.is_annulled for sitting in _attempts_in_order(config, facts))


def quizzes_before(config: FinalExaminationConfig, facts: ExaminationFacts) -> dict[str, str]:
    """Key and title of each quiz that has to be passed first."""
    if config.after_every_quiz:
        return {key: place.title for key, place in facts.places.items() if key != config.quiz.key}
    return named_quizzes(config.after, facts)


def _passes(facts: ExaminationFacts) -> dict[str, datetime]:
    """When each quiz was first passed."""
    first: dict[str, datetime] = {}
    for sitting in facts.sittings:
        if sitting.passed and sitting.state in CLOSED:
            first[sitting.quiz] = min(first.get(sitting.quiz, sitting.ended), sitting.ended)
    return first


def _opens_at(config: FinalExaminationConfig, facts: ExaminationFacts) -> datetime | None:
    """From when an attempt counts: the moment at which all was passed that comes first. None while something is not."""
    passes, before = _passes(facts), quizzes_before(config, facts)
    if not before.keys() <= passes.keys():
        return None
    return max((passes[key] for key in before), default=ALWAYS)


def _what_is_left(
    config: FinalExaminationConfig, facts: ExaminationFacts, verdicts: Sequence[Verdict]
) -> tuple[tuple[str, ...], tuple[Step, ...]]:
    """What is missing, and where to go: nowhere while somebody else has to act."""
    title = named_quizzes([config.quiz], facts)[config.quiz.key]
    if any(verdict.why == Why.WAITS for verdict in verdicts):
        return (awaits_marking(title),), ()
    if stuck := _why_stuck(config, facts, verdicts, title):
        return (stuck,), ()
    passes, before = _passes(facts), quizzes_before(config, facts)
    first = [key for key in before if key not in passes]
    missing = [f"First pass {before[key]}." if key in facts.places else not_in_edition(before[key]) for key in first]
    steps = [step_to(key, facts) for key in first or [config.quiz.key] if key in facts.places and facts.enrolment]
    return (*missing, f"{'Then pass' if first else 'Pass'} {title}."), tuple(steps)


def _why_stuck(config: FinalExaminationConfig, facts: ExaminationFacts, verdicts: Sequence[Verdict], title: str) -> str:
    """The sentence where no attempt of her own can help any more; "" while one can. A passed quiz cannot be sat again."""
    if config.quiz.key not in facts.places:
        return not_in_edition(title)
    passed = [verdict.why for verdict in verdicts if verdict.sitting.passed]
    if Why.TOO_EARLY in passed:
        return f"{title} was passed before what had to come first. Ask your program director what comes next."
    if Why.TOO_FEW in passed:
        return too_few_points(title)
    allowed = _allowed(config, facts, facts.as_of)
    if passed or 0 < allowed <= _used(config, facts):
        return f"No attempt at {title} is left that this standard counts. Ask your program director what comes next."
    return ""


def _parts(config: FinalExaminationConfig, facts: ExaminationFacts) -> Iterator[Result]:
    """What has to come first, and how many attempts are used."""
    if before := quizzes_before(config, facts):
        done = len(before.keys() & _passes(facts).keys())
        state = ResultState.MET if done == len(before) else ResultState.UNMET
        yield Result(f"{config.key}.before", "passed before it", state, done, len(before), Unit.QUIZZES)
    if allowed := _allowed(config, facts, facts.as_of):
        used = _used(config, facts)
        yield Result(f"{config.key}.attempts", "attempts", ResultState.MET, used, allowed, Unit.ATTEMPTS, is_cap=True)


def attempts_in_words(number: int) -> str:
    return "1 attempt" if number == 1 else f"{number} attempts"


# Gathering ----------------------------------------------------------------------------------------------------------


def _attempts(configs: Sequence[FinalExaminationConfig], subjects: Iterable[Subject], as_of: datetime) -> Iterable[Row]:
    """Every attempt at an examination that is not open, and the passed ones at what may have to come first."""
    asked = Q(activity__key__in=[config.quiz.key for config in configs if config.quiz.key])
    passed = Q(passed=True, state__in=CLOSED)
    if any(config.after_every_quiz for config in configs):
        asked |= passed
    elif before := [quiz.key for config in configs for quiz in config.after]:
        asked |= passed & Q(activity__key__in=before)
    rows = Attempt.objects.exclude(state=AttemptState.IN_PROGRESS).filter(submitted_at__lte=as_of)
    return rows.filter(asked, of_subjects(subjects)).order_by("id").values_list(*ROW)


def _agreements(subjects: Iterable[Subject], as_of: datetime) -> Iterator[tuple[Subject, Agreed]]:
    by_person: dict[int, list[Subject]] = {}
    for subject in subjects:
        by_person.setdefault(subject.person, []).append(subject)
    agreed = Accommodation.objects.filter(person__in=by_person, extra_attempts__gt=0, granted_at__lte=as_of)
    rows = agreed.order_by("id").values_list("person", "program", "extra_attempts", "granted_at", "ended_at")
    for person, program, attempts, since, until in rows:
        for subject in by_person[person]:
            if subject.program in (None, program):
                yield subject, Agreed(attempts, since, until)


def _grants(
    configs: Sequence[FinalExaminationConfig], subjects: Iterable[Subject], as_of: datetime
) -> Iterator[tuple[Subject, tuple[str, datetime]]]:
    """What was granted holds for one enrolment, as the attempt does."""
    asked = AttemptRequest.objects.filter(
        of_subjects(subjects),
        state=RequestState.GRANTED,
        decided_at__lte=as_of,
        activity__key__in=[config.quiz.key for config in configs if config.quiz.key],
    )
    by_enrolment: dict[int | None, list[Subject]] = {}
    for subject in subjects:
        by_enrolment.setdefault(subject.enrolment, []).append(subject)
    for enrolment, quiz, since in asked.order_by("id").values_list("enrolment", "activity__key", "decided_at"):
        for subject in by_enrolment.get(enrolment, ()):
            yield subject, (str(quiz), since)


# Authoring ----------------------------------------------------------------------------------------------------------


def _below_its_own_mark(config: FinalExaminationConfig) -> list[str]:
    own = QuizPage.objects.filter(activity_key=config.quiz.key).values_list("pass_percent", flat=True).first() or 0
    if not 0 < config.min_percent < own:
        return []
    return [f"{config.quiz.title} itself asks for {own} %. Ask for at least as much, or leave the percentage empty."]
