"""The demonstration's final examination, and a cohort of last spring that sat it: enough people for its figures to mean something."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db.models import Q
from django.utils import timezone

from assessments.actions import save_answer, save_question, start_attempt, submit_attempt
from assessments.demo import references_in
from assessments.demo_answers import ESSAYS, saves_of
from assessments.kinds.base import Draft
from assessments.marking.actions import mark_answer
from assessments.marking.points import points_of_steps
from assessments.marking.queries import answers_to_mark, attempts_to_mark
from assessments.models import Attempt, Question, QuizPage
from assessments.queries import quiz_of
from assessments.rules import Sent
from courses.curriculum.models import EditionItem, ModulePage
from courses.enrolment.actions import enrol
from courses.enrolment.demo import open_cohort
from courses.enrolment.models import Enrolment
from lms.demo.people import FINISHED, make_person
from lms.demo.registry import Demo

WRITTEN = Path(__file__).parent / "demo" / "final_examination.toml"
LESSONS = Path(__file__).parents[1] / "courses/curriculum/demo/medical_safety.toml"
COHORT, WEEKS_AGO = "Spring 2026", 34
GRADUATES_SAT_DAYS_AGO = 9
SAT_WEEKS_AGO = 12
KNOWS_ALL = 2
SECONDS_BETWEEN = (25, 150)
# How much more often than not a question of this difficulty is answered rightly, added to what the person knows.
EASE = {"easy": 0.3, "medium": 0.1, "hard": -0.1}
CARE = 0.15  # more of it for an item that is marked as critical
LEFT_TO_MARK = 2
WORDS = {
    True: "Clear, and it can be done on Monday. Say how often you practise, and who notices when you do not.",
    False: "Staying calm is right, and it is not yet a plan: name who calls, who opens the airway, and what is at hand.",
}
PEOPLE = (
    *("Ada Lindgren", "Ben Okonkwo", "Carla Ruiz", "Daniel Weiss", "Emi Tanaka", "Farid Rahimi", "Greta Olsen"),
    *(
        "Hugo Martin",
        "Ilse Brandt",
        "Jamal Carter",
        "Kira Novak",
        "Liam Byrne",
        "Mina Park",
        "Nils Berg",
        "Olga Petrova",
    ),
    *("Paulo Lima", "Quinn Avery", "Rosa Delgado", "Stefan Kuhn", "Tara Singh", "Uma Patel", "Viktor Hahn"),
    *("Wren Taylor", "Yusuf Demir"),
)


def write_examination(demo: Demo) -> None:
    """Its questions and its page, before the first edition. What a director has changed since stays as she left it."""
    written = _written()
    settings = written["quiz"]
    module = ModulePage.objects.child_of(demo.things["program_page"]).get(slug=settings["module"])
    page = QuizPage.objects.child_of(module).filter(slug=settings["slug"]).first()
    if page is None:
        questions = {entry["key"]: _question(entry, by=demo.people["director"]) for entry in written["question"]}
        page = module.add_child(instance=_page(settings, written["section"], questions))
        page.save_revision().publish()
    demo.things["examination"] = page


def sit_examination(demo: Demo) -> None:
    """The graduates have passed it. Everybody of the cohort of last spring has sat it once, twelve weeks ago, some better
    than others. The same each time."""
    cohort = open_cohort(demo, COHORT, begun=timezone.localdate() - timedelta(weeks=WEEKS_AGO))
    _sit_as_graduates(demo)
    item = _item(demo, cohort.edition_id)
    at = timezone.now() - timedelta(weeks=SAT_WEEKS_AGO)
    for number, name in enumerate(PEOPLE, start=1):
        person = make_person(f"spring-{number:02}", name)
        enrolment = Enrolment.objects.filter(person=person, cohort=cohort).first() or enrol(
            person, cohort=cohort, by=demo.people["director"], enrolled_on=cohort.starts_on
        )
        if not Attempt.objects.filter(enrolment=enrolment, activity=item.activity).exists():
            sit(
                enrolment,
                item,
                knows=number / len(PEOPLE),
                at=at + timedelta(minutes=90 * number),
                chance=Random(number),  # noqa: S311 - nothing depends on it but what a demonstration shows
            )


def _sit_as_graduates(demo: Demo) -> None:
    at = timezone.now() - timedelta(days=GRADUATES_SAT_DAYS_AGO)
    for number, enrolment in enumerate(_graduates(demo)):
        item = _item(demo, enrolment.edition_id)
        if not Attempt.objects.filter(enrolment=enrolment, activity=item.activity).exists():
            chance = Random(number)  # noqa: S311 - nothing depends on it but what a demonstration shows
            sit(enrolment, item, knows=KNOWS_ALL, at=at + timedelta(minutes=90 * number), chance=chance)


def _graduates(demo: Demo) -> list[Enrolment]:
    return [demo.things["enrolments"][name] for name in FINISHED if name in demo.things["enrolments"]]


def _item(demo: Demo, edition: int) -> EditionItem:
    items = EditionItem.objects.select_related("activity", "body")
    return items.get(edition=edition, activity__key=demo.things["examination"].activity_key)


def sit(enrolment: Enrolment, item: EditionItem, *, knows: float, at: datetime, chance: Random) -> Attempt:
    """`knows` from 0 to 1, or 2 for whoever knows all of it: who knows more answers more rightly, an easy question before a hard one."""
    attempt = start_attempt(enrolment, item, by=enrolment.person, at=at, random=chance, sent=Sent(has_agreed=True))
    questions = quiz_of(attempt).questions
    for drawn in attempt.draw:
        question = questions[drawn["question"]]
        ease = EASE[question.get("difficulty") or "medium"] + (CARE if question["critical"] else 0)
        is_right = chance.random() < 0.3 + 0.65 * knows + ease
        for seq, sent in enumerate(saves_of(question, drawn, is_right=is_right, chance=chance), start=1):
            at += timedelta(seconds=chance.randint(*SECONDS_BETWEEN))
            save_answer(attempt, slot=drawn["slot"], sent=sent, client_seq=seq, by=enrolment.person, at=at)
    return submit_attempt(attempt, by=enrolment.person, at=at + timedelta(seconds=60))


def mark_examination(demo: Demo) -> None:
    """Faculty have marked the essays of all but the last two of the spring, whose results wait."""
    faculty = demo.people["faculty"]
    waiting = attempts_to_mark(faculty).filter(item__slug=demo.things["examination"].slug)
    of_spring = Q(enrolment__cohort__name=COHORT)
    for attempt in [*waiting.exclude(of_spring), *list(waiting.filter(of_spring))[:-LEFT_TO_MARK]]:
        for answer in answers_to_mark(attempt):
            is_good = answer.text == ESSAYS[True]
            steps = ["1" if is_good else "0", "1" if is_good else "0", "1/2"]
            points = points_of_steps(steps)
            mark_answer(attempt, slot=answer.slot, points=points, steps=steps, words=WORDS[is_good], by=faculty)


def _written() -> dict[str, Any]:
    return tomllib.loads(WRITTEN.read_text(encoding="utf-8"))


def _question(entry: dict[str, Any], *, by) -> Question:
    existing = Question.objects.filter(key=entry["key"]).first()
    if existing:
        return existing
    said = {name: entry[name] for name in ("key", "title", "topic", "competency", "difficulty", "critical")}
    references = references_in(LESSONS)
    question = Question(**said, references="\n".join(references[key] for key in entry["refs"]))
    question.write(entry["kind"], Draft(entry["stem"].strip(), entry["feedback"], entry["content"]))
    save_question(question, by=by)
    return question


def _page(settings: dict[str, Any], sections: list[dict[str, Any]], questions: dict[str, Question]) -> QuizPage:
    names = ("title", "slug", "topic", "content_notice", "pass_percent", "attempts", "cooldown_hours", "honour")
    page = QuizPage(
        **{name: settings[name] for name in names},
        minutes=settings["time_limit_minutes"],
        time_limit_minutes=settings["time_limit_minutes"],
        intro=settings["intro"].strip(),
        remediation=settings["remediation"].strip(),
    )
    page.sections = [
        {
            "type": "chosen",
            "value": {
                "title": section["title"],
                "questions": [questions[key].pk for key in section["questions"]],
                "draw": 0,
            },
        }
        for section in sections
    ]
    return page
