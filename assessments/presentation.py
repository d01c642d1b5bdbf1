"""What the pages of an attempt show. Before submission nothing here touches a key: only `present` and `summary`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from random import Random
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list

from assessments.enums import RegradeChange
from assessments.freezing import freeze_question
from assessments.kinds import Unreadable, Unusable, kind_of
from assessments.kinds.base import TO_BE_MARKED, Drawn, Explained, Sent, verdict_on
from assessments.models import Answer, Attempt, Marking, Question
from assessments.queries import quiz_of
from assessments.regrading.rulings import AS_FROZEN, Ruling, data_for
from assessments.results.policy import Shown, restrained
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
    is_final: bool

    @property
    def missing(self) -> str:
        return "Not answered whole" if self.saved_at else "Not answered"

    @property
    def link(self) -> str:
        """What the link to it says: a case or a story that is over can be read, and not changed."""
        if not self.saved_at:
            return "Answer"
        if not self.answered:
            return "Go on"
        return "Read" if self.is_final else "Change"


@dataclass(frozen=True)
class Asked:
    """The question at rest on the page. `seq` is what the next save must carry; `button` names a save that is final.

    Of a question in steps `is_over` says that nothing is left of it but to go on.
    """

    slot: int
    stem: SafeString
    critical: bool
    template: str
    parts: dict[str, Any]
    seq: int
    saved_at: datetime | None
    button: str = ""
    is_over: bool = False


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
    ruled: str  # what a regrade made of it, as far as everybody may know
    references: tuple[str, ...]
    marking: Marking | None = None  # of an answer that a person has marked, once the attempt is graded


def slots_of(attempt: Attempt, answers: Mapping[int, Answer]) -> list[Slot]:
    questions = quiz_of(attempt).questions
    return [_slot(drawn, questions[drawn["question"]], answers.get(drawn["slot"])) for drawn in attempt.draw]


def _slot(drawn: Drawn, question: dict[str, Any], answer: Answer | None) -> Slot:
    response = answer.response if answer else None
    return Slot(
        number=drawn["slot"],
        critical=question["critical"],
        answered=kind_of(question["kind"]).is_complete(question["data"], drawn, response),
        summary=kind_of(question["kind"]).summary(question["data"], drawn, response),
        stem=stem_of(question, drawn),
        saved_at=answer.saved_at if answer else None,
        is_final=kind_of(question["kind"]).is_answered_in_steps,
    )


def summary_of(attempt: Attempt, drawn: Drawn, sent: Sent, earlier: Answer | None) -> str:
    """In words what was sent of an answer; "" where it cannot be read."""
    question = quiz_of(attempt).questions[drawn["question"]]
    kind = kind_of(question["kind"])
    try:
        response = kind.parse(question["data"], drawn, sent, earlier.response if earlier else None)
    except Unreadable:
        return ""
    return kind.summary(question["data"], drawn, response)


def first_open_slot(attempt: Attempt, answers: Mapping[int, Answer]) -> int:
    """Where she goes on: the first question with something left to answer, or the first of all."""
    slots = (
        drawn["slot"] for drawn in attempt.draw if not is_answered(attempt, drawn["slot"], answers.get(drawn["slot"]))
    )
    return next(slots, 1)


def is_answered(attempt: Attempt, slot: int, answer: Answer | None) -> bool:
    """Whether nothing of the question is left to answer."""
    drawn = attempt.draw[slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    response = answer.response if answer else None
    return kind_of(question["kind"]).is_complete(question["data"], drawn, response)


def goes_on(attempt: Attempt, answer: Answer) -> bool:
    """Whether the answer has opened something to read on the same page: the next step of a case or a story."""
    drawn = attempt.draw[answer.slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    return kind_of(question["kind"]).goes_on(question["data"], drawn, answer.response)


def asked(attempt: Attempt, slot: int, answer: Answer | None, sent: Sent | None = None) -> Asked:
    """The question of a slot with the saved answer, or with what was `sent` and refused."""
    drawn = attempt.draw[slot - 1]
    question = quiz_of(attempt).questions[drawn["question"]]
    kind, data, response = kind_of(question["kind"]), question["data"], answer.response if answer else None
    parts = kind.present(data, drawn, response)
    return Asked(
        slot=slot,
        stem=stem_of(question, drawn),
        critical=question["critical"],
        template=kind.template,
        parts=parts | (kind.typed(data, drawn, response, sent) if sent else {}),
        seq=answer.client_seq + 1 if answer else 1,
        saved_at=answer.saved_at if answer else None,
        button=kind.step_button,
        is_over=kind.is_answered_in_steps and kind.is_complete(data, drawn, response),
    )


def sample_of(question: Question, *, with_answer: bool) -> dict[str, Any]:
    """What the preview of a question shows: as a trainee would be asked, or with the answer; else what is wrong with it."""
    try:
        data = freeze_question(question)
    except Unusable as unusable:
        return {"question": question, "problems": list(unusable.problems.values())}
    kind = kind_of(question.kind_of_content)
    random = Random(question.key)  # noqa: S311 - a preview that looks the same each time
    drawn = {"slot": 1} | kind.arrange(data, random, shuffle=False)
    sample = Asked(
        slot=1,
        stem=stem_of({"kind": kind.name, "data": data}, drawn),
        critical=question.critical,
        template=kind.template,
        parts=kind.present(data, drawn, None),
        seq=1,
        saved_at=None,
    )
    shown = {
        "explained": kind.explain(data, drawn, None, reveal=True),
        "references": data["references"],
        "stations": kind.overview(data),
    }
    return {"question": question, "asked": sample} | (shown if with_answer else {})


def reviewed(
    attempt: Attempt,
    *,
    shown: Shown,
    rulings: Mapping[tuple[str, int], Ruling],
    markings: Mapping[int, Marking] | None = None,
) -> list[Reviewed]:
    """Every question of a closed attempt, explained as far as the feedback policy allows, by the key that counts now."""
    questions = quiz_of(attempt).questions
    return [
        _reviewed(
            drawn,
            questions[drawn["question"]],
            result,
            shown,
            rulings.get((result["question"], result["version"]), AS_FROZEN),
            (markings or {}).get(drawn["slot"]) if attempt.is_graded else None,
        )
        for drawn, result in zip(attempt.draw, attempt.result, strict=True)
    ]


def _reviewed(
    drawn: dict[str, Any],
    question: dict[str, Any],
    result: dict[str, Any],
    shown: Shown,
    ruling: Ruling,
    marking: Marking | None,
) -> Reviewed:
    word, tone = _verdict(result["points"], result["response"] is not None)
    if marking:
        word = MARKED.get(word, word)
    if ruling.is_void or ruling.is_full:
        word, tone = (NOT_COUNTED, "neutral") if ruling.is_void else (FULL_CREDIT, "met")
    kind, data = kind_of(question["kind"]), data_for(question, drawn, result["response"], ruling)
    return Reviewed(
        slot=drawn["slot"],
        stem=stem_of(question, drawn),
        topic=question["topic"],
        critical=question["critical"] and ruling.counts,
        word=word,
        tone=tone,
        answered=result["response"] is not None,
        explained=restrained(kind.explain(data, drawn, result["response"], reveal=shown.key), shown),
        ruled=RULED.get(ruling.change, ""),
        references=tuple(data.get("references", ())) if shown.key else (),
        marking=marking if shown.comments else None,
    )


# What somebody wrote is seldom simply right or wrong.
MARKED = {"Right": "Full points", "Partly right": "Marked", "Not right": "No points"}
RULED = {
    RegradeChange.VOID: "This question was not right. It does not count, for anybody.",
    RegradeChange.FULL: "This question was not right. Everybody has full credit for it.",
    RegradeChange.ACCEPT: "This question was not right, and was graded again for everybody.",
    RegradeChange.KEY: "This question was not right, and was graded again for everybody.",
}
NOT_COUNTED = "Does not count"
FULL_CREDIT = "Full credit"
FINE = ("Right", "Full points", TO_BE_MARKED, NOT_COUNTED, FULL_CREDIT)


def _verdict(points: str | None, was_answered: bool) -> tuple[str, str]:
    """`points` as an exact fraction in text, or None while a person has yet to mark it."""
    return verdict_on(None if points is None else Fraction(points), was_answered=was_answered)


def topics_to_study(lines: list[Reviewed]) -> list[str]:
    """What was not wholly right, critical topics first, each named once."""
    missed = sorted((line for line in lines if line.word not in FINE), key=lambda line: (not line.critical, line.slot))
    return list(dict.fromkeys(line.topic for line in missed))


def missed_critical_topics(lines: list[Reviewed]) -> list[str]:
    return list(dict.fromkeys(line.topic for line in lines if line.critical and line.word not in FINE))


def critical_sentence(lines: list[Reviewed]) -> str:
    """How many of the critical items were passed; "" for a quiz that asked none."""
    critical = [line for line in lines if line.critical]
    passed = sum(line.word in FINE for line in critical)
    if len(critical) == 1:
        return "The critical item is passed." if passed else "The critical item is not passed."
    return f"{passed} of {len(critical)} critical items passed." if critical else ""


def verdict(attempt: Attempt, critical_topics: list[str], *, is_own: bool, shows_score: bool) -> dict[str, str]:
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
    if not shows_score:
        return {"word": word, "tone": tone, "sentence": "The score is not shown yet."}
    if attempt.failed_critical:
        about = get_text_list([f"“{topic}”" for topic in critical_topics], "and")
        items = "a critical item" if len(critical_topics) == 1 else "critical items"
        sentence = f"{scored}, but missed {items} about {about}. A critical item fails the attempt whatever the score."
    else:
        sentence = f"{scored}; the pass mark is {mark}."
    return {"word": word, "tone": tone, "sentence": sentence}


def stem_of(question: dict[str, Any], drawn: Drawn | None = None) -> SafeString:
    """The question itself; with `drawn` in the words of that attempt, where its values are part of them."""
    stem = clean_stem(question["data"]["stem"])
    if drawn is None:
        return stem
    worded = kind_of(question["kind"]).worded(stem, question["data"], drawn)
    return mark_safe(worded)  # noqa: S308 - cleaned above, and a kind puts nothing but digits into it


@remember(seconds=3600, most=2000)
def clean_stem(html: str) -> SafeString:
    """The map of an attempt names every stem, and the same text is cleaned to the same words."""
    return mark_safe(clean_html(html))  # noqa: S308 - cleaned in the same breath
