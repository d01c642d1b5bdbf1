"""How a question is frozen into a version, a quiz into an edition, and the public part that is rendered of it.

The source holds the rules and the exact question versions with their keys, for the server alone. What is rendered
and what is searched holds the introduction and the rules: no question, no option, no key.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string

from assessments.enums import FeedbackPart
from assessments.kinds import Unusable, kind_of
from assessments.models import Question, QuestionVersion, QuizPage
from assessments.question_blocks import NO_KIND
from assessments.quiz import SCHEMA, Quiz
from assessments.sections import Pool, pools_of
from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import Freezer, Frozen, Link
from courses.curriculum.models.pages import lines_of
from lms.html import clean_html, plain_text

RENDERER_VERSION = 2
SETTINGS = (
    "pass_percent",
    "attempts",
    "cooldown_hours",
    "time_limit_minutes",
    "shuffle_questions",
    "shuffle_options",
    "grace_seconds",
    "forward_only",
    "one_page",
    "password",
)


def freeze_question(question: Question) -> dict[str, Any]:
    """What a version of it holds: plain JSON, with its references. Raises `Unusable` with every problem at once."""
    if not question.kind_of_content:
        raise Unusable({"content": NO_KIND})
    data = kind_of(question.kind_of_content).freeze(question.draft())
    return data | {"references": lines_of(question.references)}


def freeze_quiz(page: QuizPage) -> Frozen:
    pools = pools_of(page.sections.get_prep_value())
    intro = str(clean_html(page.intro))
    versions = {version.pk: version for pool in pools for version in pool.versions}
    source = {
        "schema": SCHEMA,
        "title": page.title,
        "intro": intro,
        "content_notice": page.content_notice.strip(),
        "objectives": lines_of(page.objectives),
        "settings": _settings(page),
        "sections": [_section(pool) for pool in pools],
        "questions": [_frozen(version) for version in versions.values()],
    }
    frozen = Frozen(
        source=source,
        search_text=f"{page.title} {plain_text(intro)}".strip(),
        problems=list(_problems(source, pools)),
        pass_percent=page.pass_percent,
    )
    source["settings"]["remediation"] = _remediation(page, frozen)
    return frozen


def _settings(page: QuizPage) -> dict[str, Any]:
    """What the page says. A password stands here as its hash."""
    return {name: getattr(page, name) for name in SETTINGS} | {
        "opens_at": _written(page.opens_at),
        "closes_at": _written(page.closes_at),
        "honour": page.honour.strip(),
        "ip_ranges": lines_of(page.ip_ranges),
        "feedback": {part.value: getattr(page, f"show_{part}") for part in FeedbackPart}
        | {"from": _written(page.feedback_from)},
    }


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def _remediation(page: QuizPage, frozen: Frozen) -> dict[str, Any]:
    """What to study must be part of the edition, as what any link leads to."""
    lessons = [block.value.specific for block in page.study if block.value]
    for lesson in lessons:
        frozen.links.setdefault(str(lesson.activity_key), Link("what to study after the last attempt", lesson))
    return {
        "text": str(clean_html(page.remediation)),
        "lessons": [{"key": str(lesson.activity_key), "title": lesson.title} for lesson in lessons],
    }


def _section(pool: Pool) -> dict[str, Any]:
    return {"title": pool.title, "questions": [version.question.key for version in pool.versions], "draw": pool.draw}


def _frozen(version: QuestionVersion) -> dict[str, Any]:
    return {
        "key": version.question.key,
        "version": version.number,
        "hash": version.hash,
        "kind": version.kind,
        "topic": version.topic,
        "competency": version.competency,
        "difficulty": version.difficulty,
        "critical": version.critical,
        "data": version.data,
    }


def _problems(source: dict[str, Any], pools: list[Pool]) -> Iterator[str]:
    if not pools:
        yield "It has no questions."
    for number, pool in enumerate(pools, start=1):
        for _, sentence in pool.problems:
            yield f"Section {number}: {sentence}" if len(pools) > 1 else sentence


def render_quiz(source: dict[str, Any]) -> str:
    quiz = Quiz(source)
    parts = [f"{section.title} ({quiz.asked_in(section)})" for section in quiz.sections if section.title]
    return render_to_string("assessments/public_part.html", {"quiz": quiz, "parts": ", ".join(parts)})


QUIZ_FREEZER = Freezer(ActivityKind.QUIZ, "assessments.QuizPage", freeze_quiz, render_quiz, RENDERER_VERSION)
