"""Questions and quizzes in the CMS, and what of them goes into an edition."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.actions import save_question
from assessments.freezing import freeze_quiz, render_quiz
from assessments.kinds import Unusable, kind_of
from assessments.models import Question, QuestionVersion, QuizPage, QuizQuestion
from assessments.quiz import Quiz
from courses.curriculum.actions import publish_edition
from courses.curriculum.models import EditionItem
from lms.audit.models import AuditEntry
from tests.factories.assessments import make_question
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.factories.questions import frozen

pytestmark = pytest.mark.django_db


def test_saving_a_change_makes_a_version_and_saving_none_makes_none(cast):
    question = make_question(by=cast.director)
    save_question(question, by=cast.director)
    assert question.versions.count() == 1
    question.critical = True
    version = save_question(question, by=cast.faculty)
    assert (version.number, version.critical, version.created_by) == (2, True, cast.faculty)
    first = question.versions.get(number=1)
    assert (first.critical, first.data) == (False, version.data)


def test_option_ids_stay_through_an_edit():
    question = make_question()
    option = question.options.first()
    option.text = "Reworded"
    question.options = [option, *list(question.options.all())[1:]]
    save_question(question, by=None)
    ids = [[option["id"] for option in version.data["options"]] for version in question.versions.order_by("number")]
    assert ids[0] == ids[1]


def test_a_question_that_cannot_be_asked_is_not_saved():
    question = make_question()
    question.stem = ""
    with pytest.raises(Unusable):
        save_question(question, by=None)
    assert Question.objects.get().stem == "<p>What?</p>"
    assert question.versions.count() == 1


def test_a_version_is_never_changed_or_deleted():
    version = make_question().newest_version
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk).update(critical=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk)._raw_delete("default")


def test_saving_a_question_writes_its_audit_row_and_none_when_it_is_rolled_back(cast):
    with transaction.atomic():
        make_question(by=cast.director)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(action="assessments.question.saved").exists()
    question = make_question(by=cast.director)
    entry = AuditEntry.objects.get(action="assessments.question.saved")
    assert (entry.object_id, entry.actor, entry.data["version"]) == (str(question.pk), cast.director, 1)


def form_data(**fields):
    option = {"feedback": "", "correct": ""}
    options = [option | {"text": "One", "correct": "on"}, option | {"text": "Two"}]
    values = {
        "title": "A question",
        "key": "a-question",
        "topic": "a topic",
        "kind": "single",
        "stem": rich_text("<p>What?</p>"),
        "tolerance": "0",
        "options": inline_formset(options),
    }
    return nested_form_data(values | fields)


ADD = "wagtailsnippets_assessments_question:add"


@pytest.mark.parametrize(
    ("name", "status"), [("director", 302), ("registrar", 302), ("trainee", 302), ("visitor", 302)]
)
def test_only_the_bank_s_editors_write_questions(cast, name, status):
    response = cast.client(name).post(reverse(ADD), form_data())
    assert response.status_code == status
    assert Question.objects.count() == (1 if name == "director" else 0)


def test_a_director_writes_a_question_in_the_cms(cast):
    client = cast.client("director")
    assert client.get(reverse(ADD)).status_code == 200
    client.post(reverse(ADD), form_data())
    question = Question.objects.get()
    version = question.newest_version
    assert (version.number, version.created_by) == (1, cast.director)
    assert [(o["text"], o["correct"]) for o in version.data["options"]] == [("One", True), ("Two", False)]
    edit = reverse("wagtailsnippets_assessments_question:edit", args=[question.pk])
    assert client.get(edit).status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"options": inline_formset([])}, "Give between 2 and 12 options."),
        (
            {"kind": "numeric", "options": inline_formset([]), "answer": "NaN"},
            "Write the right answer as a plain number.",
        ),
        (
            {"kind": "numeric", "options": inline_formset([]), "answer": "1e999"},
            "Write the right answer as a plain number.",
        ),
        ({"kind": "numeric", "options": inline_formset([]), "answer": "1\x00"}, "Null characters are not allowed."),
        ({"kind": "numeric", "options": inline_formset([]), "answer": "1", "tolerance": "-3"}, "zero or more"),
        ({"kind": "telepathy"}, "Select a valid choice"),
        ({"stem": rich_text("")}, "required"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_form(cast, fields, sentence):
    response = cast.client("director").post(reverse(ADD), form_data(**fields))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Question.objects.exists()


def test_nobody_deletes_a_question():
    assert not Permission.objects.filter(codename="delete_question", group__isnull=False).exists()


@pytest.fixture
def quiz_page(cast):
    program_page = make_program_page()
    module = make_module_page(program_page)
    make_lesson_page(module)
    page = QuizPage(title="Quiz", slug="quiz", intro="<p>Welcome<script>x()</script></p>", draw=0)
    page.quiz_questions = [
        QuizQuestion(question=make_question("single", critical=True), sort_order=0),
        QuizQuestion(question=make_question("numeric", feedback="ZQCANARY"), sort_order=1),
    ]
    module.add_child(instance=page)
    page.save_revision().publish()
    page.program_page = program_page
    return page


def test_an_edition_keeps_the_exact_versions_that_were_published(cast, quiz_page):
    publish_edition(quiz_page.program_page, by=cast.director)
    item = EditionItem.objects.get(slug="quiz")
    before = json.dumps(item.body.source)
    for row in quiz_page.quiz_questions.all():
        row.question.stem = "<p>Altered</p>"
        save_question(row.question, by=cast.director)
    quiz_page.delete()
    item.body.refresh_from_db()
    assert json.dumps(item.body.source) == before
    questions = item.body.source["questions"]
    assert [(question["version"], question["kind"], question["critical"]) for question in questions] == [
        (1, "single", True),
        (1, "numeric", False),
    ]
    assert questions[1]["data"]["answer"] == "10"


def test_a_quiz_that_asks_for_an_essay_waits_for_somebody_who_can_mark_it(quiz_page):
    question = quiz_page.quiz_questions.first().question
    version = {"number": 2, "kind": "essay", "topic": "t", "critical": False, "data": frozen("essay"), "hash": "0" * 64}
    QuestionVersion.objects.create(question=question, **version)
    assert freeze_quiz(quiz_page).problems == ["It asks for an essay, and nobody can mark one here yet."]


def test_the_rules_say_how_each_kind_earns_part_of_a_point():
    questions = [{"kind": kind, "critical": False} for kind in ("ordering", "single", "matching", "ordering")]
    rules = Quiz({"questions": questions}).credit_rules
    assert rules == [kind_of("matching").credit, kind_of("ordering").credit]


def test_what_is_rendered_and_searched_gives_nothing_away(cast, quiz_page):
    publish_edition(quiz_page.program_page, by=cast.director)
    body = EditionItem.objects.get(slug="quiz").body
    public = body.html + body.search_text
    assert "Welcome" in public
    assert [word for word in ("ZQCANARY", "What?", "Option", "script", "correct") if word in public] == []
    assert render_quiz(body.source) == body.html


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"draw": 3}, ["It draws 3 questions and has only 2."]),
        ({"draw": 2}, []),
        ({"quiz_questions": []}, ["It has no questions."]),
    ],
)
def test_what_keeps_a_quiz_out_of_an_edition_is_said(quiz_page, change, problems):
    for name, value in change.items():
        setattr(quiz_page, name, value)
    assert freeze_quiz(quiz_page).problems == problems


def test_a_quiz_asks_no_question_twice(quiz_page):
    question = quiz_page.quiz_questions.first().question
    quiz_page.quiz_questions = [QuizQuestion(question=question), QuizQuestion(question=question)]
    assert freeze_quiz(quiz_page).problems == ["It asks the same question twice."]


def test_an_editor_previews_the_public_part_and_a_stranger_finds_nothing(cast, quiz_page):
    preview = reverse("wagtailadmin_pages:view_draft", args=[quiz_page.pk])
    page = cast.client("director").get(preview)
    assert (page.status_code, "You pass with 80&nbsp;%" in page.content.decode()) == (200, True)
    assert "ZQCANARY" not in page.content.decode()
    assert cast.client("visitor").get(quiz_page.url or "/nowhere/").status_code == 404


def test_a_director_puts_a_quiz_together_in_the_cms(cast, quiz_page):
    client = cast.client("director")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[quiz_page.pk])).status_code == 200
    questions = [{"question": str(row.question_id), "ORDER": "1"} for row in quiz_page.quiz_questions.all()]
    data = {
        "title": "Second quiz",
        "slug": "second-quiz",
        "intro": rich_text("<p>Read first.</p>"),
        "objectives": "",
        "content_notice": "",
        "pass_percent": "75",
        "attempts": "2",
        "cooldown_hours": "12",
        "time_limit_minutes": "30",
        "draw": "1",
        "minutes": "30",
        "topic": "",
        "credits": streamfield([]),
        "release": streamfield([]),
        "reviewer": "",
        "reviewed_on": "",
        "next_review_on": "",
        "quiz_questions": inline_formset(questions),
        "comments": inline_formset([]),
        "action-publish": "action-publish",
    }
    module = quiz_page.get_parent()
    url = reverse("wagtailadmin_pages:add", args=["assessments", "quizpage", module.pk])
    for wrong, sentence in [
        ({"pass_percent": "101"}, "less than or equal to 100"),
        ({"draw": "-1"}, "greater than or equal to 0"),
    ]:
        refused = client.post(url, nested_form_data(data | wrong))
        assert sentence in refused.content.decode()
    assert client.post(url, nested_form_data(data)).status_code == 302
    page = QuizPage.objects.get(slug="second-quiz")
    assert (page.live, page.pass_percent, page.quiz_questions.count()) == (True, 75, 2)
