"""The migrations that carry what authors had written into the streams of questions, there and back again."""

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.models import Question

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("assessments", "0010_kinds")
AFTER = ("assessments", "0013_review_of_questions")
FIRST, SECOND = uuid.uuid4(), uuid.uuid4()


def migrate_to(target):
    """The models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.fixture
def written():
    """A question of choice, a number, and one that was never saved whole, as they were kept before."""
    old = migrate_to(BEFORE)
    questions = old.get_model("assessments", "Question").objects
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


def test_what_was_written_moves_into_the_stream_and_back_and_options_keep_their_ids(written):
    migrate_to(AFTER)
    drafts = {question.key: (question.kind_of_content, question.draft().content) for question in Question.objects.all()}
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
            {"answer": "10", "tolerance": "0.5", "unit": "mg", "accepted_units": ["mgs", "milligram"]},
        ),
        "unsaved": ("single", {"options": []}),
    }
    assert dict(Question.objects.values_list("key", "live")) == {"choice": True, "dose": True, "unsaved": False}
    for question in Question.objects.filter(live=True):
        assert question.first_published_at == question.last_published_at == question.newest_version.created_at
    check_what_there_was(migrate_to(BEFORE))


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
