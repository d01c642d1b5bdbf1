"""A whole program that a person can finish in one sitting: a module of two lessons and a quiz, and two hours of practice."""

from datetime import datetime
from zoneinfo import ZoneInfo

from assessments.models import QuizPage
from certificates.actions.keys import create_signing_keys
from courses.curriculum.actions import publish_edition
from courses.enrolment.actions import create_cohort
from courses.enrolment.models import Cohort
from courses.standards.actions import publish_standard
from lms.accounts.models import User
from tests.factories.assessments import chosen, make_question
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program, make_program_page
from tests.factories.standards import make_standard

ZONES = (
    *("Pacific/Auckland", "Asia/Tokyo", "Asia/Kolkata", "Europe/Athens", "Atlantic/Azores"),
    *("America/New_York", "America/Denver", "Pacific/Honolulu"),
)
PRACTICUM = {
    "title": "Supervised practice",
    "waivable": True,
    "track": "",
    "hours": 2,
    "buckets": ["direct", "observed", "simulated"],
    "minimums": [{"label": "direct contact", "hours": 1, "direct": True}],
    "caps": [{"label": "observation", "hours": 1, "bucket": "observed"}],
}


def zone_where_it_is_daytime() -> str:
    """So that a visit of this morning lies on the day of enrolment and in the past, whenever the tests run."""
    return next(zone for zone in ZONES if 9 <= datetime.now(ZoneInfo(zone)).hour <= 21)


def make_small_program(director: User, zone: str) -> Cohort:
    """The program written, its edition and standard published, a cohort opened: what a director has done beforehand."""
    program_page = make_program_page(make_program("KAP Foundations", time_zone=zone), slug="kap-foundations")
    module = make_module_page(program_page, title="Ethics of touch", topic="ethics_of_touch")
    for title in ("Touch is optional", "Consent is given before"):
        make_lesson_page(module, title=title, text=f"<p>{title}: consent can be withdrawn at any time.</p>", minutes=20)
    quiz = _quiz(module)
    edition = publish_edition(program_page, by=director)
    standard = make_standard(program_page.program, title="KAP Foundations", blocks=_requirements(quiz))
    version = publish_standard(standard, by=director, change_note="First.")
    create_signing_keys(by=None)
    return create_cohort(
        program_page.program,
        name="This autumn",
        starts_on=datetime.now(ZoneInfo(zone)).date(),
        time_zone=zone,
        edition=edition,
        standard_version=version,
        by=director,
    )


def _quiz(module) -> QuizPage:
    page = QuizPage(
        title="Check your judgement", slug="judgement", minutes=10, topic="ethics_of_touch", cooldown_hours=0
    )
    page.shuffle_questions = page.shuffle_options = False
    questions = [make_question(critical=True), make_question("multiple"), make_question("numeric")]
    page.sections = [chosen(*questions)]
    module.add_child(instance=page)
    page.save_revision().publish()
    return page


def _requirements(quiz: QuizPage) -> list[dict]:
    modules = {"title": "Modules", "waivable": True, "track": "", "electives": 0}
    quizzes = {"title": "Quiz", "waivable": False, "track": "", "quizzes": [quiz.pk], "min_percent": 80}
    kinds = {"module_completion": modules, "quiz_passed": quizzes, "practicum_minutes": PRACTICUM}
    return [{"type": kind, "id": f"requirement-{kind}", "value": value} for kind, value in kinds.items()]
