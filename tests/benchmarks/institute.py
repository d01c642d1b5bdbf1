"""The institute that the bench serves: one program of 100 lessons and ten quizzes, its standard, its staff.

All of it is made by the site's own actions, so an edition, a standard and their pages are what directors would get.
"""

from dataclasses import dataclass

from django.core.management import call_command

from assessments.models import QuizPage
from certificates.actions.keys import create_signing_keys
from courses.curriculum.actions import publish_edition
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Edition, EditionItem, HomePage, ModulePage, Program, ProgramPage
from courses.standards.actions import publish_standard
from courses.standards.models import Standard, StandardVersion
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.institute.models import InstituteSettings
from tests.benchmarks.people import make_signer
from tests.factories.assessments import chosen, make_question
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program, make_program_page

PROGRAM = "Supervised practice, measured"
MODULES, LESSONS_EACH, QUESTIONS = 10, 10, 20
OPEN_QUIZ = 5  # the one that every trainee has open: it has no time limit
SENTENCES = (
    "A client who has agreed to a hand on the shoulder has agreed to that hand, on that shoulder, on that day. ",
    "What was agreed before the medicine may shrink while it works, or end, and it never grows. ",
    "Whoever sits with her keeps the time, the pulse and the agreement, and writes down what she saw and nothing else. ",
    "When a colleague crosses the line that was drawn, the session is stopped first and discussed afterwards. ",
)
CRITICAL = {1}


@dataclass(frozen=True)
class Institute:
    """What the generator of people and the requests need to know."""

    program: Program
    edition: Edition
    standard_version: StandardVersion
    director: User
    items: list[EditionItem]

    def of_kind(self, kind: ActivityKind) -> list[EditionItem]:
        return [item for item in self.items if item.activity.kind == kind]


def build_institute() -> Institute:
    """Make everything that is there once, however many trainees come."""
    InstituteSettings.objects.get_or_create(pk=1, defaults={"name": "Plumbline Institute", "legal_name": "Measured"})
    director = make_signer("director", Role.DIRECTOR)
    make_signer("director-two", Role.DIRECTOR)
    create_signing_keys(by=None)
    home = HomePage.objects.get()
    home.introduction = f"<p>{''.join(SENTENCES)}</p>"
    home.save()
    page = _program_page()
    quizzes = write_modules(page)
    standard = Standard.objects.create(program=page.program, title=PROGRAM, requirements=_requirements(quizzes))
    publish_standard(standard, by=director)
    publish_edition(page, by=director)
    call_command("update_index", verbosity=0)
    return find_institute()


def find_institute() -> Institute:
    program = Program.objects.get(title=PROGRAM)
    edition = Edition.objects.get(program=program)
    return Institute(
        program=program,
        edition=edition,
        standard_version=StandardVersion.objects.get(standard__program=program),
        director=User.objects.get(email__startswith="director@"),
        items=list(EditionItem.objects.filter(edition=edition).select_related("activity", "body").order_by("position")),
    )


def _program_page() -> ProgramPage:
    return make_program_page(
        make_program(PROGRAM),
        slug="measured",
        tagline="For clinicians who will sit with people in altered states.",
        story=f"<p>{''.join(SENTENCES)}</p>" * 3,
        outcomes="Agree on touch beforehand.\nKeep to it in the room.\nSpeak up when somebody does not.",
        facts="Format: online and two weekends\nHours: 60 of supervised practice",
    )


def write_modules(page: ProgramPage, *, first: int = 1) -> list[QuizPage]:
    """Ten modules of ten lessons and a quiz, numbered from `first`; their quizzes."""
    return [_module(page, number) for number in range(first, first + MODULES)]


def _module(page: ProgramPage, number: int) -> QuizPage:
    module = make_module_page(page, title=f"Module {number}", slug=f"module-{number}", topic="ethics")
    for lesson in range(1, LESSONS_EACH + 1):
        make_lesson_page(
            module, title=f"Lesson {number}.{lesson}", slug=f"lesson-{number}-{lesson}", blocks=_blocks(number, lesson)
        )
    return _quiz(module, number)


def _blocks(number: int, lesson: int) -> list[dict]:
    """Twenty blocks, about 1,000 words: the length of a real lesson."""
    text = {"type": "text", "value": f"<h2>Part of {number}.{lesson}</h2><p>{''.join(SENTENCES)}</p>"}
    paragraph = {"type": "text", "value": f"<p>{SENTENCES[lesson % 4]}{SENTENCES[number % 4]}</p>"}
    safety = {"type": "safety", "value": {"title": "Stop first", "text": f"<p>{SENTENCES[3]}</p>"}}
    case = {
        "title": "A hand that slides",
        "text": f"<p>{''.join(SENTENCES)}</p>",
        "questions": ["What do you do first?"],
    }
    sources = [
        {"key": f"source-{place}", "text": f"A source, part {place}.", "doi": "", "url": ""} for place in range(5)
    ]
    middle = [text, paragraph, paragraph] * 5
    return [
        *middle,
        safety,
        {"type": "vignette", "value": case},
        text,
        safety,
        {"type": "references", "value": sources},
    ]


def _quiz(module: ModulePage, number: int) -> QuizPage:
    quiz = QuizPage(
        title=f"Quiz {number}",
        slug=f"quiz-{number}",
        topic="ethics",
        minutes=40,
        intro=f"<p>{SENTENCES[0]}</p>",
        time_limit_minutes=0 if number == OPEN_QUIZ else 40,
    )
    questions = [_question(number, place) for place in range(1, QUESTIONS + 1)]
    quiz.sections = [chosen(*questions)]
    module.add_child(instance=quiz)
    quiz.save_revision().publish()
    return quiz


def _question(quiz: int, place: int):
    kind = "numeric" if place in (5, 10) else "multiple" if place in (6, 12, 18) else "single"
    stem = f"<p>{''.join(SENTENCES)}</p><p>What do you do in case {quiz}.{place}?</p>"
    return make_question(kind, key=f"case-{quiz}-{place}", stem=stem, critical=place in CRITICAL)


def _requirements(quizzes: list[QuizPage]) -> list[dict]:
    """Modules, the first four quizzes, and 60 hours with sub-minimums and caps, as in the demonstration."""
    modules = {"title": "Modules", "waivable": True, "track": "", "electives": 0}
    passed = {"title": "Quizzes", "waivable": False, "track": "", "min_percent": None, "every_quiz": False}
    passed["quizzes"] = [quiz.pk for quiz in quizzes[:4]]
    practice = {
        "title": "Supervised practice",
        "waivable": True,
        "track": "",
        "hours": 60,
        "buckets": ["direct", "observed", "simulated"],
        "minimums": [
            {"label": "direct contact", "hours": 40, "direct": True},
            {"label": "preparation", "hours": 12, "direct": True, "phase": "preparation"},
            {"label": "dosing", "hours": 18, "direct": True, "phase": "dosing"},
            {"label": "integration", "hours": 10, "direct": True, "phase": "integration"},
        ],
        "caps": [
            {"label": "observation", "hours": 15, "bucket": "observed"},
            {"label": "simulation", "hours": 10, "bucket": "simulated"},
        ],
    }
    named = [("module_completion", modules), ("quiz_passed", passed), ("practicum_minutes", practice)]
    return [
        {"type": kind, "id": f"5a8f0c1e-0d7b-4e0e-9f63-3d1c7f0a200{place}", "value": value}
        for place, (kind, value) in enumerate(named)
    ]
