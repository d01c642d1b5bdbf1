"""The migrations that carry what authors had written into the streams of questions and quizzes, there and back again."""

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Revision

from assessments.models import Question, QuizPage
from lms.audit import triggers
from tests.factories.assessments import chosen, make_question, make_quiz_page
from tests.factories.curriculum import make_module_page, make_program_page

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("assessments", "0010_kinds")
AFTER = ("assessments", "0016_questions_are_in_sections")
FIRST, SECOND = uuid.uuid4(), uuid.uuid4()


def migrate_to(target):
    """The models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.fixture(autouse=True)
def without_triggers():
    """Some read tables that are not there before; the database of the tests is put back whole afterwards."""
    with connection.cursor() as cursor:
        for guard in triggers.registered_guards():
            where = f" on {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"drop trigger if exists {guard.trigger}{where}")


@pytest.fixture
def quiz(without_triggers):
    """A quiz with an unpublished change, made with the models of today."""
    page = make_quiz_page(make_module_page(make_program_page()))
    page.asked = [make_question(key="asked-1"), make_question(key="asked-2")]
    page.sections = [chosen(*page.asked, draw=1)]
    page.save_revision().publish()
    page.sections = [chosen(page.asked[1])]
    page.save_revision()
    return page


@pytest.fixture
def written(quiz):
    """A question of choice, a number, and one that was never saved whole, as they were kept before."""
    old = migrate_to(BEFORE)
    questions = old.get_model("assessments", "Question").objects
    old.known = list(questions.values_list("pk", flat=True))
    common = {"topic": "t", "stem": "<p>What?</p>"}
    choice = questions.create(key="choice", title="Choice", kind="multiple", **common)
    rows = [(SECOND, "Second", False, "no", 1), (FIRST, "First", True, "yes", 0)]
    for option_id, text, correct, feedback, place in rows:
        values = {"option_id": option_id, "text": text, "correct": correct, "feedback": feedback, "sort_order": place}
        old.get_model("assessments", "QuestionOption").objects.create(question=choice, **values)
    number = {"answer": "10", "tolerance": "0.5", "unit": "mg", "accepted_units": "mgs, milligram"}
    dose = questions.create(key="dose", title="Dose", kind="numeric", **common, **number)
    questions.create(key="unsaved", title="Unsaved", kind="single", **common)
    versions = old.get_model("assessments", "QuestionVersion").objects
    for question in (choice, dose):
        versions.create(question=question, number=1, kind=question.kind, topic="t", critical=False, data={}, hash="0")
    return old


def test_what_was_written_moves_into_streams_and_back_and_options_keep_their_ids(written, quiz):
    check_the_pool(written, quiz)
    migrate_to(AFTER)
    check_the_section(quiz)
    found = Question.objects.exclude(pk__in=written.known)
    drafts = {question.key: (question.kind_of_content, question.draft().content) for question in found}
    assert drafts == {
        "choice": (
            "multiple",
            {
                "options": [
                    {"id": str(FIRST), "text": "First", "correct": True, "feedback": "yes"},
                    {"id": str(SECOND), "text": "Second", "correct": False, "feedback": "no"},
                ]
            },
        ),
        "dose": (
            "numeric",
            {"answer": "10", "tolerance": "0.5", "unit": "mg", "accepted_units": ["mgs", "milligram"]}
            | {"parameters": [], "formula": ""},
        ),
        "unsaved": ("single", {"options": []}),
    }
    assert dict(found.values_list("key", "live")) == {"choice": True, "dose": True, "unsaved": False}
    for question in found.filter(live=True):
        assert question.first_published_at == question.last_published_at == question.newest_version.created_at
    old = migrate_to(BEFORE)
    check_what_there_was(old)
    check_the_pool(old, quiz)


def check_what_there_was(old):
    options = old.get_model("assessments", "QuestionOption").objects.filter(question__key="choice")
    assert list(
        options.order_by("sort_order").values_list("option_id", "text", "correct", "feedback", "sort_order")
    ) == [
        (FIRST, "First", True, "yes", 0),
        (SECOND, "Second", False, "no", 1),
    ]
    names = ("answer", "tolerance", "unit", "accepted_units")
    dose = old.get_model("assessments", "Question").objects.values_list(*names).get(key="dose")
    assert dose == ("10", "0.5", "mg", "mgs, milligram")


def check_the_pool(old, quiz):
    """As a quiz kept its questions and its draw before, on the page and in its newest revision."""
    rows = old.get_model("assessments", "QuizQuestion").objects.filter(page=quiz.pk).order_by("sort_order")
    assert list(rows.values_list("question", flat=True)) == [question.pk for question in quiz.asked]
    assert old.get_model("assessments", "QuizPage").objects.get(pk=quiz.pk).draw == 1
    content = Revision.objects.get(pk=quiz.latest_revision_id).content
    assert ([row["question"] for row in content["quiz_questions"]], content["draw"]) == ([quiz.asked[1].pk], 0)
    assert "sections" not in content


def check_the_section(quiz):
    page = QuizPage.objects.get(pk=quiz.pk)
    draft = page.get_latest_revision_as_object()
    asked = [[[row.pk for row in section.value["questions"]] for section in each.sections] for each in (page, draft)]
    assert asked == [[[question.pk for question in quiz.asked]], [[quiz.asked[1].pk]]]
    assert [[section.value["draw"] for section in each.sections] for each in (page, draft)] == [[1], [0]]
