"""The demonstration's question bank, its quizzes and its assignment, and what its people did with them."""

import tomllib
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from assessments.actions import count_questions, save_answer, save_question, start_attempt, submit_attempt
from assessments.assignments.actions import accept_submission, hand_in, return_submission
from assessments.kinds.base import Draft
from assessments.models import AssignmentPage, Attempt, Question, QuizPage, Submission
from assessments.queries import quiz_of
from courses.curriculum.models import Edition, EditionItem, ModulePage
from courses.enrolment.models import Enrolment
from lms.demo.people import FINISHED
from lms.demo.registry import Demo

QUIZZES = Path(__file__).parent / "demo"
LESSONS = Path(__file__).parents[1] / "courses/curriculum/demo"
ENDING = "_quiz.toml"
ASSIGNMENT = QUIZZES / "page_on_touch_assignment.toml"
OPTION_IDS = uuid.UUID("6f1f0a52-8f0e-4f0b-9d3a-0b5f5f2f7c11")

# By the name of the quiz file: what each person answers wrongly. A critical item fails the attempt.
SAT_BY_TRAINEE = {
    "clinical_skills": {"what-the-questionnaire-allows"},
    "ethics_of_touch": {"silence-under-an-agreed-hand", "essentials-of-consent"},
}
SAT_BY_GRADUATE = {"ethics_of_touch": {"mclane-is-a-study"}, "clinical_skills": set(), "medical_safety": set()}


def create_quizzes(demo: Demo) -> None:
    """The questions of the bank, and below each module that has a quiz file the quiz made of them."""
    pages = {}
    for path in sorted(QUIZZES.glob(f"*{ENDING}")):
        name = path.name.removesuffix(ENDING)
        module = ModulePage.objects.child_of(demo.things["program_page"]).get(slug=name.replace("_", "-"))
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        references = references_in(LESSONS / f"{name}.toml")
        questions = [_question(entry, references, by=demo.people["director"]) for entry in written["question"]]
        pages[name] = _page(written["quiz"], questions, module)
    demo.things["quiz_pages"] = dict(sorted(pages.items(), key=lambda item: item[1].path))


def references_in(path: Path) -> dict[str, str]:
    """The references of the lessons written in a file, by their ids."""
    lessons = tomllib.loads(path.read_text(encoding="utf-8"))["lesson"]
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
        topic=entry["topic"],
        critical=entry["critical"],
        competency=entry.get("competency", ""),
        difficulty=entry.get("difficulty", ""),
        references="\n".join(references[key] for key in entry["refs"] if key in references),
    )
    question.write(entry["kind"], Draft(entry["stem"].strip(), entry["feedback_general"], _content(entry)))
    save_question(question, by=by)
    return question


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    if entry["kind"] == "numeric":
        numbers = {"answer": str(entry["answer"]), "tolerance": str(entry.get("tolerance", 0))}
        return numbers | {name: entry[name] for name in ("unit", "accepted_units") if name in entry}
    return {
        "options": [
            {"id": str(uuid.uuid5(OPTION_IDS, f"{entry['key']}/{option['key']}"))}
            | {name: option[name] for name in ("text", "correct", "feedback")}
            for option in entry["options"]
        ]
    }


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
    chosen = {"title": "", "questions": [question.pk for question in questions], "draw": 0}
    page.sections = [{"type": "chosen", "value": chosen}]
    module.add_child(instance=page)
    page.save_revision().publish()
    return page


def create_attempts(demo: Demo) -> None:
    """The graduates have passed every quiz. The trainee has passed one, and failed one by a critical item."""
    enrolments = demo.things["enrolments"]
    now = timezone.now()
    _sit_all(enrolments["trainee"], demo, SAT_BY_TRAINEE, until=now - timedelta(days=2))
    for name in FINISHED:
        if name in enrolments:
            _sit_all(enrolments[name], demo, SAT_BY_GRADUATE, until=now - timedelta(days=10))
    if "trainee-two" in enrolments:
        _begin(enrolments["trainee-two"], demo)


def _begin(enrolment: Enrolment, demo: Demo) -> None:
    """An attempt that is open now, until its time is over."""
    if not Attempt.objects.filter(enrolment=enrolment).exists():
        start_attempt(enrolment, _item(enrolment, demo, "ethics_of_touch"), by=enrolment.person)


def _sit_all(enrolment: Enrolment, demo: Demo, sat: dict[str, set[str]], *, until: datetime) -> None:
    """One quiz every third day, the last of them at `until`."""
    for place, (name, missing) in enumerate(sat.items(), start=1):
        at = until - timedelta(days=3 * (len(sat) - place))
        _sit(enrolment, _item(enrolment, demo, name), missing=missing, at=at)


def _item(enrolment: Enrolment, demo: Demo, name: str) -> EditionItem:
    page = demo.things["quiz_pages"][name]
    items = EditionItem.objects.select_related("activity", "body")
    return items.get(edition=enrolment.edition_id, activity__key=page.activity_key)


def _sit(enrolment: Enrolment, item: EditionItem, *, missing: set[str], at: datetime) -> None:
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


def count_asked(demo: Demo) -> None:
    """As the nightly round does."""
    count_questions()


def write_assignment(demo: Demo) -> None:
    """One assignment, written after edition 1 so that it is new in edition 2. Nothing happens once there is an edition 2."""
    if Edition.objects.filter(program=demo.things["program"], number=2).exists():
        return
    written = _assignment()["assignment"]
    module = ModulePage.objects.child_of(demo.things["program_page"]).get(slug=written["module"])
    if AssignmentPage.objects.child_of(module).filter(slug=written["slug"]).exists():
        return
    words = {name: "\n".join(written[name]) for name in ("objectives", "criteria")}
    said = {name: written[name] for name in ("title", "slug", "minutes", "topic", "words_most", "content_notice")}
    page = module.add_child(instance=AssignmentPage(brief=written["brief"].strip(), **said, **words))
    page.save_revision().publish()


def create_submissions(demo: Demo) -> None:
    """Who reads edition 2 has handed it in: one came back and is accepted by now, one waits to be read."""
    texts = _assignment()
    slug = texts["assignment"]["slug"]
    for name in dict.fromkeys(entry["by"] for entry in texts["handed_in"]):
        enrolment = demo.things["enrolments"][name]
        enrolment.refresh_from_db()
        item = EditionItem.objects.select_related("activity").filter(edition=enrolment.edition_id, slug=slug).first()
        if item and not Submission.objects.filter(enrolment=enrolment, activity=item.activity).exists():
            entries = [entry for entry in texts["handed_in"] if entry["by"] == name]
            _hand_in_all(enrolment, item, entries, reader=demo.people["faculty"])


def _assignment() -> dict[str, Any]:
    return tomllib.loads(ASSIGNMENT.read_text(encoding="utf-8"))


def _hand_in_all(enrolment: Enrolment, item: EditionItem, entries: list[dict[str, str]], *, reader) -> None:
    for entry in entries:
        submission = hand_in(enrolment, item, by=enrolment.person, text=entry["text"].strip())
        if entry.get("decision") == "return":
            return_submission(submission, by=reader, reason=entry["reason"])
        elif entry.get("decision") == "accept":
            accept_submission(submission, by=reader)
