"""The demonstration's question bank, its quiz, and the attempts of two of its people."""

import tomllib
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from assessments.actions import save_answer, save_question, start_attempt, submit_attempt
from assessments.models import Attempt, Question, QuestionOption, QuizPage, QuizQuestion
from assessments.queries import quiz_of
from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment
from lms.demo.registry import Demo

QUIZ_FILE = Path(__file__).parent / "demo/ethics_of_touch_quiz.toml"
LESSONS_FILE = Path(__file__).parents[1] / "courses/curriculum/demo/ethics_of_touch.toml"
OPTION_IDS = uuid.UUID("6f1f0a52-8f0e-4f0b-9d3a-0b5f5f2f7c11")

TOPICS = {
    "plea-at-the-peak": "requests for touch while the medicine works",
    "client-agrees-to-sexual-contact": "sexual contact with clients",
    "hand-that-slides": "acting when a colleague crosses a boundary",
    "silence-under-an-agreed-hand": "silence and stillness during touch",
    "sliding-from-the-chair": "safety contact",
    "hand-stays-after-the-pulse": "the four kinds of contact",
    "fair-summary-of-the-field": "what the field agrees about",
    "mclane-is-a-study": "kinds of sources",
    "oregon-permitted-forms": "forms of touch that Oregon permits",
    "essentials-of-consent": "essentials of consent",
    "how-many-essentials": "essentials of consent",
    "ratchet-count": "the ratchet rule",
    "oregon-hours-to-spare": "Oregon’s interval between preparation and session",
    "oregon-days-between": "Oregon’s interval between preparation and session",
    "older-surveys-count": "reading survey figures",
    "graduate-training-share": "reading survey figures",
    "what-the-figure-may-say": "reading survey figures",
    "two-years-later": "former clients",
    "bodily-reason-for-restraint": "bodily reasons for restraint",
    "what-a-menu-line-states": "the menu of touch",
    "patient-tells-you-about-a-colleague": "hearing about a colleague’s misconduct",
}
MISSED_BY_TRAINEE = {"silence-under-an-agreed-hand", "essentials-of-consent"}
MISSED_BY_GRADUATE = {"mclane-is-a-study"}


def create_quiz(demo: Demo) -> None:
    """The questions of the bank and the quiz below the module on the ethics of touch."""
    written = tomllib.loads(QUIZ_FILE.read_text(encoding="utf-8"))
    references = _references()
    questions = [_question(entry, references, by=demo.people["director"]) for entry in written["question"]]
    demo.things["quiz_page"] = _page(written["quiz"], questions, demo.things["ethics_module_page"])


def _references() -> dict[str, str]:
    lessons = tomllib.loads(LESSONS_FILE.read_text(encoding="utf-8"))["lesson"]
    blocks = [block for lesson in lessons for block in lesson["block"] if block["kind"] == "references"]
    return {item["id"]: item["text"] for block in blocks for item in block["items"]}


def _question(entry: dict[str, Any], references: dict[str, str], *, by) -> Question:
    """What a director has changed since stays as she left it."""
    existing = Question.objects.filter(key=entry["key"]).first()
    if existing:
        return existing
    question = Question(
        key=entry["key"],
        title=entry["key"].replace("-", " ").capitalize(),
        topic=TOPICS[entry["key"]],
        kind=entry["kind"],
        critical=entry["critical"],
        stem=entry["stem"].strip(),
        answer=str(entry.get("answer", "")),
        tolerance=str(entry.get("tolerance", 0)),
        unit=entry.get("unit", ""),
        accepted_units=", ".join(entry.get("accepted_units", [])),
        feedback=entry["feedback_general"],
        references="\n".join(references[key] for key in entry["refs"] if key in references),
    )
    question.options = [
        QuestionOption(
            option_id=uuid.uuid5(OPTION_IDS, f"{entry['key']}/{option['key']}"),
            text=option["text"],
            correct=option["correct"],
            feedback=option["feedback"],
            sort_order=number,
        )
        for number, option in enumerate(entry.get("options", []))
    ]
    save_question(question, by=by)
    return question


def _page(settings: dict[str, Any], questions: list[Question], module) -> QuizPage:
    page = QuizPage.objects.child_of(module).filter(slug=settings["slug"]).first()
    if page:
        return page
    page = QuizPage(
        title=settings["title"],
        slug=settings["slug"],
        topic=settings["topic"],
        minutes=settings["time_limit_minutes"],
        intro=settings["intro"].strip(),
        content_notice=settings["content_notice"],
        pass_percent=settings["pass_percent"],
        attempts=settings["attempts"],
        cooldown_hours=settings["cooldown_hours"],
        time_limit_minutes=settings["time_limit_minutes"],
    )
    page.quiz_questions = [
        QuizQuestion(question=question, sort_order=number) for number, question in enumerate(questions)
    ]
    module.add_child(instance=page)
    page.save_revision().publish()
    return page


def create_attempts(demo: Demo) -> None:
    """The trainee has failed once, by a critical item; the graduate has passed."""
    enrolments = demo.things["enrolments"]
    now = timezone.now()
    _sit(enrolments["trainee"], demo, missing=MISSED_BY_TRAINEE, at=now - timedelta(days=2))
    for name in ("graduate", "graduate-two", "graduate-three"):
        if name in enrolments:
            _sit(enrolments[name], demo, missing=MISSED_BY_GRADUATE, at=now - timedelta(days=10))
    if "trainee-two" in enrolments:
        _begin(enrolments["trainee-two"], demo)


def _begin(enrolment: Enrolment, demo: Demo) -> None:
    """An attempt that is open now, until its time is over."""
    item = EditionItem.objects.select_related("activity", "body").get(
        edition=enrolment.edition_id, activity__key=demo.things["quiz_page"].activity_key
    )
    if not Attempt.objects.filter(enrolment=enrolment).exists():
        start_attempt(enrolment, item, by=enrolment.person)


def _sit(enrolment: Enrolment, demo: Demo, *, missing: set[str], at: datetime) -> None:
    item = EditionItem.objects.select_related("activity", "body").get(
        edition=enrolment.edition_id, activity__key=demo.things["quiz_page"].activity_key
    )
    if Attempt.objects.filter(enrolment=enrolment, activity=item.activity).exists():
        return
    attempt = start_attempt(enrolment, item, by=enrolment.person, at=at)
    questions = quiz_of(attempt).questions
    for drawn in attempt.draw:
        at += timedelta(seconds=50)
        question = questions[drawn["question"]]
        sent = _answer(question, is_right=question["key"] not in missing)
        save_answer(attempt, slot=drawn["slot"], sent=sent, client_seq=1, by=enrolment.person, at=at)
    submit_attempt(attempt, by=enrolment.person, at=at + timedelta(seconds=50))


def _answer(question: dict[str, Any], *, is_right: bool) -> dict[str, list[str]]:
    """What a browser would send for a right answer, or for a plausible other one."""
    data = question["data"]
    if question["kind"] == "numeric":
        return {"value": [data["answer"] if is_right else "1"], "unit": [data["unit"]]}
    right = [option["id"] for option in data["options"] if option["correct"]]
    wrong = [option["id"] for option in data["options"] if not option["correct"]]
    return {"choice": right if is_right else wrong[:1]}
