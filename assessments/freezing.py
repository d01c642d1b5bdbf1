"""How a quiz is frozen into an edition, and the public part that is rendered of it.

The source holds the rules and the exact question versions with their keys, for the server alone. What is rendered
and what is searched holds the introduction and the rules: no question, no option, no key.
"""

from typing import Any

from django.template.loader import render_to_string

from assessments.models import QuestionVersion, QuizPage
from assessments.queries import newest_versions
from assessments.quiz import SCHEMA, Quiz
from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import Freezer, Frozen
from lms.html import clean_html, plain_text

RENDERER_VERSION = 1
SETTINGS = (
    "pass_percent",
    "attempts",
    "cooldown_hours",
    "time_limit_minutes",
    "shuffle_questions",
    "shuffle_options",
    "draw",
)


def freeze_quiz(page: QuizPage) -> Frozen:
    chosen = [row.question_id for row in page.quiz_questions.all()]
    versions = newest_versions(chosen)
    intro = str(clean_html(page.intro))
    source = {
        "schema": SCHEMA,
        "title": page.title,
        "intro": intro,
        "content_notice": page.content_notice.strip(),
        "objectives": [line.strip() for line in page.objectives.splitlines() if line.strip()],
        "settings": {name: getattr(page, name) for name in SETTINGS},
        "questions": [_frozen(versions[pk]) for pk in dict.fromkeys(chosen) if pk in versions],
    }
    return Frozen(
        source=source,
        search_text=f"{page.title} {plain_text(intro)}".strip(),
        problems=list(_problems(source, chosen, versions)),
        pass_percent=page.pass_percent,
    )


def _frozen(version: QuestionVersion) -> dict[str, Any]:
    return {
        "key": version.question.key,
        "version": version.number,
        "hash": version.hash,
        "kind": version.kind,
        "topic": version.topic,
        "critical": version.critical,
        "data": version.data,
    }


def _problems(source: dict[str, Any], chosen: list[int], versions: dict[int, QuestionVersion]):
    settings = source["settings"]
    if not chosen:
        yield "It has no questions."
    if len(set(chosen)) < len(chosen):
        yield "It asks the same question twice."
    if set(chosen) - set(versions):
        yield "A question of it was never saved whole. Open it in the question bank and save it again."
    if settings["draw"] > len(chosen):
        yield f"It draws {settings['draw']} questions and has only {len(chosen)}."
    critical = sum(question["critical"] for question in source["questions"])
    if 0 < settings["draw"] < critical:
        yield f"It draws {settings['draw']} questions, fewer than its {critical} critical items."


def render_quiz(source: dict[str, Any]) -> str:
    return render_to_string("assessments/public_part.html", {"quiz": Quiz(source)})


QUIZ_FREEZER = Freezer(ActivityKind.QUIZ, "assessments.QuizPage", freeze_quiz, render_quiz, RENDERER_VERSION)
