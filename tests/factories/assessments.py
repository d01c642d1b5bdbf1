"""Questions, quizzes frozen into an edition, and attempts."""

from types import SimpleNamespace

from assessments.actions import save_answer, save_draft, save_question, start_attempt, submit_attempt
from assessments.freezing import render_quiz
from assessments.kinds import KINDS
from assessments.kinds.base import Draft
from assessments.models import Attempt, Question, QuizPage
from assessments.quiz import EARLIER, SCHEMA
from courses.curriculum.compiling import digest
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Activity, Body, Edition, EditionItem, ModulePage
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.html import plain_text
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.numbers import next_number
from tests.factories.questions import CONTENT, frozen, saves_for

SETTINGS = {
    "pass_percent": 80,
    "attempts": 3,
    "cooldown_hours": 24,
    "time_limit_minutes": 40,
    "shuffle_questions": False,
    "shuffle_options": False,
}
EVERY_KIND = tuple(KINDS)
# What a page sends where chance decides nothing of it; for any kind see `saves_for`.
RIGHT = {
    "single": {"choice": ["b"]},
    "multiple": {"choice": ["a", "b"]},
    "truefalse": {"says": ["true"]},
    "numeric": {"value": ["10"], "unit": ["mg"]},
    "shorttext": {"text": ["capnography"]},
}
WRONG = {
    "single": {"choice": ["a"]},
    "multiple": {"choice": ["c"]},
    "truefalse": {"says": ["false"]},
    "numeric": {"value": ["100"], "unit": ["mg"]},
    "shorttext": {"text": ["a guess"]},
}


def make_question(
    kind: str = "single", *, by: User | None = None, draft: bool = False, content: dict | None = None, **fields
) -> Question:
    """A question of the bank with its first version, or only a draft. `content` is its kind's own, else that of the factory."""
    number = next_number()
    stem, feedback = fields.pop("stem", "<p>What?</p>"), fields.pop("feedback", "")
    values = {"key": f"question-{number}", "title": f"Question {number}", "topic": f"topic {number}"}
    question = Question(**values | fields)
    question.write(kind, Draft(stem, feedback, CONTENT[kind](str(number), "") if content is None else content))
    (save_draft if draft else save_question)(question, by=by)
    return question


def chosen(*questions: Question, title: str = "", draw: int = 0) -> dict:
    """A section of a quiz page that asks these questions, or so many of them."""
    return {"type": "chosen", "value": {"title": title, "questions": [row.pk for row in questions], "draw": draw}}


def drawn(draw: int, *, title: str = "", **tags: str) -> dict:
    """A section that draws from the bank what has these tags."""
    empty = {"topic": "", "competency": "", "difficulty": ""}
    return {"type": "drawn", "value": empty | {"title": title, "draw": draw} | tags}


def make_quiz_page(module: ModulePage, **fields) -> QuizPage:
    """A live quiz below a module, with one question of the bank."""
    values = {"title": "Quiz", "slug": f"quiz-page-{next_number()}", "intro": "<p>Read before you start.</p>"}
    page = QuizPage(**values | fields)
    page.sections = [chosen(make_question())]
    return module.add_child(instance=page)


def frozen_question(key: str, kind: str = "single", *, critical: bool = False, mark: str = "", **written) -> dict:
    """A question as it stands in an edition. `mark` is put into everything that must stay on the server; `written` are
    a `stem` and `content` that replace those of the kind (see `draft`)."""
    data = frozen(kind, key, mark=mark, **written) | {"references": [f"{mark} reference"]}
    base = {"key": key, "version": 1, "hash": "0" * 64, "kind": kind, "topic": f"topic of {key}", "critical": critical}
    return base | {"data": data}


def make_quiz(
    edition: Edition | None = None,
    *,
    questions: list[dict] | None = None,
    mark: str = "",
    title: str = "Ethics of touch: quiz",
    minutes: int = 0,
    intro: str = "<p>Read before you start.</p>",
    parent: EditionItem | None = None,
    gates: dict | None = None,
    sections: list[dict] | None = None,
    draw: int = 0,
    **settings,
) -> EditionItem:
    """A quiz frozen into an edition: five questions of all kinds, the first one critical, unless others are given.

    It has one section without a title that asks all of them, or `draw` of them, unless `sections` says otherwise.
    """
    kinds = ["single", "single", "multiple", "numeric", "single"]
    questions = questions or [
        frozen_question(f"q{number}", kind, critical=number == 1, mark=mark)
        for number, kind in enumerate(kinds, start=1)
    ]
    edition = edition or make_edition()
    source = {
        "schema": SCHEMA,
        "title": title,
        "intro": intro,
        "content_notice": "",
        "objectives": [],
        "settings": EARLIER | SETTINGS | settings,
        "sections": sections or [{"title": "", "questions": [q["key"] for q in questions], "draw": draw}],
        "questions": questions,
    }
    number = next_number()
    body = Body.objects.create(
        sha256=digest({"kind": "quiz", "source": source, "number": number}),
        kind=ActivityKind.QUIZ,
        source=source,
        html=render_quiz(source),
        renderer_version=1,
        search_text=f"{title} {plain_text(intro)}",
    )
    return EditionItem.objects.create(
        edition=edition,
        parent=parent,
        gates=gates or {},
        activity=Activity.objects.create(kind=ActivityKind.QUIZ, program=edition.program, title=title),
        title=title,
        slug=f"quiz-{number}",
        position=edition.items.count() + 1,
        minutes=minutes,
        topic="ethics" if minutes else "",
        body=body,
    )


def make_sitting(person: User, **settings) -> SimpleNamespace:
    """A trainee enrolled in an edition with a quiz: `.enrolment`, `.item`, `.cohort`."""
    edition = make_edition()
    item = make_quiz(edition, **settings)
    cohort = make_cohort(edition=edition)
    return SimpleNamespace(enrolment=make_enrolment(person, cohort=cohort), item=item, cohort=cohort)


def answer(attempt: Attempt, slot: int, *, right: bool = True, seq: int = 1, at=None):
    """Answer one question of any kind, rightly or wrongly; a case or a story step by step, with rising numbers from `seq`."""
    questions = {question["key"]: question for question in attempt.body.source["questions"]}
    drawn = attempt.draw[slot - 1]
    question = questions[drawn["question"]]
    person = attempt.enrolment.person
    for number, sent in enumerate(saves_for(question["kind"], question["data"], drawn, right=right), start=seq):
        saved = save_answer(attempt, slot=slot, sent=sent, client_seq=number, by=person, at=at)
    return saved


def make_attempt(
    enrolment: Enrolment, item: EditionItem, *, wrong: tuple[int, ...] = (), submitted: bool = True, at=None
) -> Attempt:
    """An attempt in which every question is answered, right but for the slots in `wrong`."""
    attempt = start_attempt(enrolment, item, by=enrolment.person, at=at)
    for drawn in attempt.draw:
        answer(attempt, drawn["slot"], right=drawn["slot"] not in wrong, at=at)
    return submit_attempt(attempt, by=enrolment.person, at=at) if submitted else attempt


def frozen_version(question: Question) -> dict:
    """The newest version of a question of the bank, as an edition holds it."""
    version = question.newest_version
    base = {"key": question.key, "version": version.number, "hash": version.hash, "kind": version.kind}
    return base | {"topic": version.topic, "critical": version.critical, "data": version.data}
