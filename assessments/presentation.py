"""What the pages of an attempt show. Before submission nothing here touches a key: only `present` and `summary`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list

from assessments.kinds import kind_of
from assessments.kinds.base import Drawn, Explained
from assessments.models import Answer, Attempt
from assessments.queries import quiz_of
from lms.html import clean_html
from lms.web.memory import remember


@dataclass(frozen=True)
class Slot:
    """One square of the map of questions."""

    number: int
    critical: bool
    answered: bool
    summary: str
    stem: SafeString
    saved_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """The question at rest on the page. `seq` is what the next save must carry."""

    slot: int
    stem: SafeString
    critical: bool
    template: str
    parts: dict[str, Any]
    seq: int
    saved_at: datetime | None


@dataclass(frozen=True)
class Reviewed:
    """One question of a result."""

    slot: int
    stem: SafeString
    topic: str
    critical: bool
    word: str
    tone: str
    answered: bool
    explained: Explained
    references: tuple[str, ...]


def slots_of(attempt: Attempt, answers: Mapping[int, Answer]) -> list[Slot]:
    questions = quiz_of(attempt).questions
    return [_slot(drawn, questions[drawn["question"]], answers.get(drawn["slot"])) for drawn in attempt.draw]


def _slot(drawn: Drawn, question: dict[str, Any], answer: Answer | None) -> Slot:
    response = answer.response if answer else None
    return Slot(
        number=drawn["slot"],
        critical=question["critical"],
        answered=answer is not None,
        summary=kind_of(question["kind"]).summary(question["data"], drawn, response),
        stem=stem_of(question),
        saved_at=answer.saved_at if answer else None,
    )


def asked(attempt: Attempt, slot: int, answer: Answer | None, typed: dict[str, Any] | None = None) -> Asked:
    """The question of a slot with the saved answer, or with what was `typed` and refused."""
    drawn = attempt.draw[slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    kind = kind_of(question["kind"])
    parts = kind.present(question["data"], drawn, answer.response if answer else None)
    return Asked(
        slot=slot,
        stem=stem_of(question),
        critical=question["critical"],
        template=kind.template,
        parts=parts | (typed or {}),
        seq=answer.client_seq + 1 if answer else 1,
        saved_at=answer.saved_at if answer else None,
    )


def reviewed(attempt: Attempt, *, reveal: bool) -> list[Reviewed]:
    """Every question of a closed attempt, explained as far as the feedback policy allows."""
    questions = quiz_of(attempt).questions
    return [
        _reviewed(drawn, questions[drawn["question"]], result, reveal)
        for drawn, result in zip(attempt.draw, attempt.result, strict=True)
    ]


def _reviewed(drawn: dict[str, Any], question: dict[str, Any], result: dict[str, Any], reveal: bool) -> Reviewed:
    word, tone = _verdict(result["points"], result["response"] is not None)
    data = question["data"]
    return Reviewed(
        slot=drawn["slot"],
        stem=stem_of(question),
        topic=question["topic"],
        critical=question["critical"],
        word=word,
        tone=tone,
        answered=result["response"] is not None,
        explained=kind_of(question["kind"]).explain(data, drawn, result["response"], reveal=reveal),
        references=tuple(data.get("references", ())) if reveal else (),
    )


TO_BE_MARKED = "Awaiting marking"
FINE = ("Right", TO_BE_MARKED)


def _verdict(points: str | None, was_answered: bool) -> tuple[str, str]:
    """`points` as an exact fraction in text, or None while a person has yet to mark it."""
    if not was_answered:
        return "Not answered", "waiting"
    if points is None:
        return TO_BE_MARKED, "waiting"
    if Fraction(points) == 1:
        return "Right", "met"
    return ("Partly right", "waiting") if Fraction(points) else ("Not right", "critical")


def topics_to_study(lines: list[Reviewed]) -> list[str]:
    """What was not wholly right, critical topics first, each named once."""
    missed = sorted((line for line in lines if line.word not in FINE), key=lambda line: (not line.critical, line.slot))
    return list(dict.fromkeys(line.topic for line in missed))


def missed_critical_topics(lines: list[Reviewed]) -> list[str]:
    return list(dict.fromkeys(line.topic for line in lines if line.critical and line.word not in FINE))


def verdict(attempt: Attempt, critical_topics: list[str], *, is_own: bool) -> dict[str, str]:
    """The headline of a result: one word, its tone, and the sentence that says why."""
    if attempt.is_annulled:
        whose = "your" if is_own else "her"
        sentence = (
            f"This attempt was annulled. It does not count against {whose} attempts, and what was answered is kept."
        )
        return {"word": "Annulled", "tone": "neutral", "sentence": sentence}
    if attempt.is_awaiting:
        sentence = (
            "Submitted. A person marks what was written; until then there is no score, and nothing counts as wrong."
        )
        return {"word": "Awaiting marking", "tone": "waiting", "sentence": sentence}
    mark = f"{quiz_of(attempt).pass_percent}\u00a0%"
    scored = f"{'You scored' if is_own else 'Scored'} {attempt.percent}"
    word, tone = ("Passed", "met") if attempt.passed else ("Not passed yet", "accent")
    if attempt.failed_critical:
        about = get_text_list([f"“{topic}”" for topic in critical_topics], "and")
        items = "a critical item" if len(critical_topics) == 1 else "critical items"
        sentence = f"{scored}, but missed {items} about {about}. A critical item fails the attempt whatever the score."
    else:
        sentence = f"{scored}; the pass mark is {mark}."
    return {"word": word, "tone": tone, "sentence": sentence}


def stem_of(question: dict[str, Any]) -> SafeString:
    return _cleaned(question["data"]["stem"])


@remember(seconds=3600, most=2000)
def _cleaned(html: str) -> SafeString:
    """The map of an attempt names every stem, and the same text is cleaned to the same words."""
    return mark_safe(clean_html(html))  # noqa: S308 - cleaned in the same breath
