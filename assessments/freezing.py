"""How a question is frozen into a version, a quiz into an edition, and the public part that is rendered of it.

The source holds the rules and the exact question versions with their keys, for the server alone. What is rendered
and what is searched holds the introduction and the rules: no question, no option, no key.
"""

from typing import Any

from django.template.loader import render_to_string

from assessments.kinds import Unusable, kind_of
from assessments.models import Question, QuestionVersion, QuizPage
from assessments.queries import newest_versions
from assessments.question_blocks import NO_KIND
from assessments.quiz import EARLIER, SCHEMA, Quiz
from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import Freezer, Frozen
from lms.html import clean_html, plain_text

RENDERER_VERSION = 2
SETTINGS = (
    "pass_percent",
    "attempts",
    "cooldown_hours",
    "time_limit_minutes",
    "shuffle_questions",
    "shuffle_options",
)


def freeze_question(question: Question) -> dict[str, Any]:
    """What a version of it holds: plain JSON, with its references. Raises `Unusable` with every problem at once."""
    if not question.kind_of_content:
        raise Unusable({"content": NO_KIND})
    data = kind_of(question.kind_of_content).freeze(question.draft())
    return data | {"references": [line.strip() for line in question.references.splitlines() if line.strip()]}


def freeze_quiz(page: QuizPage) -> Frozen:
    chosen = [row.question_id for row in page.quiz_questions.all()]
    versions = newest_versions(chosen)
    intro = str(clean_html(page.intro))
    questions = [_frozen(versions[pk]) for pk in dict.fromkeys(chosen) if pk in versions]
    source = {
        "schema": SCHEMA,
        "title": page.title,
        "intro": intro,
        "content_notice": page.content_notice.strip(),
        "objectives": [line.strip() for line in page.objectives.splitlines() if line.strip()],
        "settings": EARLIER | {name: getattr(page, name) for name in SETTINGS},
        "sections": [_section("", questions, page.draw)],
        "questions": questions,
    }
    return Frozen(
        source=source,
        search_text=f"{page.title} {plain_text(intro)}".strip(),
        problems=list(_problems(source, chosen, versions)),
        pass_percent=page.pass_percent,
    )


def _section(title: str, questions: list[dict[str, Any]], draw: int) -> dict[str, Any]:
    return {"title": title, "questions": [question["key"] for question in questions], "draw": draw}


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


def _problems(source: dict[str, Any], chosen: list[int], versions: dict[int, QuestionVersion]):
    (section,) = Quiz(source).sections
    if not chosen:
        yield "It has no questions."
    if len(set(chosen)) < len(chosen):
        yield "It asks the same question twice."
    if set(chosen) - set(versions):
        yield "A question of it was never saved whole. Open it in the question bank and save it again."
    if any(kind_of(question["kind"]).is_marked_by_hand for question in source["questions"]):
        yield "It asks for an essay, and nobody can mark one here yet."
    if section.draw > len(chosen):
        yield f"It draws {section.draw} questions and has only {len(chosen)}."
    critical = Quiz(source).critical_count
    if 0 < section.draw < critical:
        yield f"It draws {section.draw} questions, fewer than its {critical} critical items."


def render_quiz(source: dict[str, Any]) -> str:
    quiz = Quiz(source)
    parts = [f"{section.title} ({quiz.asked_in(section)})" for section in quiz.sections if section.title]
    return render_to_string("assessments/public_part.html", {"quiz": quiz, "parts": ", ".join(parts)})


QUIZ_FREEZER = Freezer(ActivityKind.QUIZ, "assessments.QuizPage", freeze_quiz, render_quiz, RENDERER_VERSION)
