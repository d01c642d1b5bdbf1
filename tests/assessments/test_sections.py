"""Quizzes in the CMS: their sections and rules, what is refused beside which field, and what of them goes into an edition."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from assessments.actions import save_draft, save_question
from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.freezing import freeze_quiz, render_quiz
from assessments.kinds import kind_of
from assessments.models import QuizPage
from assessments.quiz import Quiz, Section
from assessments.sections import pools_of
from courses.curriculum.actions import publish_edition
from courses.curriculum.models import EditionItem
from tests.assessments.editing import chosen_section, drawn_section, write_quiz
from tests.factories.assessments import chosen, drawn, make_question
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.web import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """A module with a lesson, where a quiz can stand."""
    program_page = make_program_page()
    module = make_module_page(program_page)
    module.program_page, module.lesson = program_page, make_lesson_page(module)
    return module


@pytest.fixture
def quiz_page(place):
    """A live quiz that asks a critical choice and a number."""
    page = QuizPage(title="Quiz", slug="quiz", intro="<p>Welcome<script>x()</script></p>")
    page.asked = [make_question(critical=True), make_question("numeric", feedback="ZQCANARY")]
    page.sections = [chosen(*page.asked)]
    place.add_child(instance=page)
    page.save_revision().publish()
    page.program_page = place.program_page
    return page


def sections_of(page) -> tuple[Section, ...]:
    return Quiz(freeze_quiz(page).source).sections


# Which questions a section asks --------------------------------------------------------------------------------------


def titles(*sections) -> list[list[str]]:
    return [[version.question.title for version in pool.versions] for pool in pools_of(sections)]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, ["Airway", "Blood", "Care"]),
        ({"topic": "body"}, ["Airway", "Blood"]),
        ({"competency": "acts"}, ["Airway", "Care"]),
        ({"difficulty": "hard"}, ["Blood"]),
        ({"topic": "body", "competency": "acts"}, ["Airway"]),
    ],
)
def test_a_section_draws_from_what_is_published_with_all_its_tags(tags, expected):
    make_question(title="Airway", key="a", topic="body", competency="acts")
    make_question(title="Blood", key="b", topic="body", difficulty="hard")
    make_question(title="Care", key="c", topic="mind", competency="acts")
    make_question(title="Draft", key="d", topic="body", competency="acts", difficulty="hard", draft=True)
    make_question(title="Old", key="e", topic="body", competency="acts", difficulty="hard").unpublish()
    assert titles(drawn(1, **tags)) == [expected]


def test_a_newer_draft_with_other_tags_is_drawn_by_the_published_ones():
    question = make_question(title="Airway", topic="body")
    question.topic = "mind"
    save_draft(question, by=None)
    assert titles(drawn(1, topic="body"), drawn(1, topic="mind")) == [["Airway"], []]


def test_no_question_is_in_two_sections():
    _, second, _ = (make_question(title=name, key=name.lower(), topic="body") for name in ("A", "B", "C"))
    asked = titles(drawn(1, topic="body"), chosen(second), drawn(1))
    assert asked == [["A", "C"], ["B"], []]


@pytest.mark.parametrize("count", [1, 3])
def test_sections_take_as_many_queries_for_one_as_for_three(count, django_assert_num_queries):
    for _ in range(count):
        make_question()
    sections = [chosen(make_question()) for _ in range(count)] + [drawn(1) for _ in range(count)]
    with django_assert_num_queries(4):
        pools_of(sections)


# What is refused beside its field ------------------------------------------------------------------------------------


def said(response, place=0) -> dict:
    """What stands beside the fields of one section."""
    (error,) = response.context["form"].errors.as_data()["sections"]
    inside = error.as_json_data()["blockErrors"][place]["blockErrors"]
    return {name: at["messages"] for name, at in inside.items()}


def test_a_section_that_draws_more_than_it_has_is_refused_at_its_number(cast, place):
    response = write_quiz(cast.client("director"), place, chosen_section(make_question(), make_question(), draw=3))
    assert said(response) == {"draw": ["It draws 3 questions and has only 2."]}
    assert not QuizPage.objects.exists()


def test_a_section_that_draws_more_than_the_bank_has_is_refused_at_its_number(cast, place):
    question = make_question(topic="body")
    sections = (chosen_section(question), drawn_section(2, topic="body"))
    response = write_quiz(cast.client("director"), place, *sections)
    sentence = "It draws 2 questions, and the bank has only 0 such that no other section has taken."
    assert said(response, 1) == {"draw": [sentence]}


def test_fewer_drawn_than_critical_items_are_refused(cast, place):
    questions = [make_question(critical=True), make_question(critical=True), make_question()]
    response = write_quiz(cast.client("director"), place, chosen_section(*questions, draw=1))
    assert said(response) == {"draw": ["It draws 1 questions, fewer than its 2 critical items."]}


@pytest.mark.parametrize("apart", [True, False])
def test_the_same_question_twice_is_refused_by_name(cast, place, apart):
    question = make_question(title="Airway")
    sections = [chosen_section(question), chosen_section(question)] if apart else [chosen_section(question, question)]
    response = write_quiz(cast.client("director"), place, *sections)
    sentence = "“Airway” stands in this quiz twice. Take it out of one place."
    assert said(response, 1 if apart else 0) == {"questions": [sentence]}


def test_a_question_that_is_not_published_is_refused_by_name(cast, place):
    response = write_quiz(cast.client("director"), place, chosen_section(make_question(title="Airway", draft=True)))
    (sentence,) = said(response)["questions"]
    assert sentence.startswith("“Airway” is not published.")


def test_a_section_without_questions_is_refused(cast, place):
    response = write_quiz(cast.client("director"), place, chosen_section())
    assert said(response) == {"questions": ["Choose at least one question."]}


def test_an_unfinished_quiz_is_kept_as_a_draft(cast, place):
    response = write_quiz(cast.client("director"), place, chosen_section(), button="")
    page = QuizPage.objects.get()
    assert (response.status_code, page.live, len(page.sections)) == (302, False, 1)


JUNE, JULY = "2027-06-01 09:00", "2027-07-01 09:00"


@pytest.mark.parametrize(
    ("fields", "at", "sentence"),
    [
        ({"opens_at": JULY, "closes_at": JUNE}, "closes_at", "It closes before it opens."),
        ({"opens_at": JUNE, "closes_at": JUNE}, "closes_at", "It closes before it opens."),
        ({"opens_at": "soon"}, "opens_at", "Enter a valid date/time."),
        ({"ip_ranges": "192.0.2.0/24\n192.0.2.0/33"}, "ip_ranges", "“192.0.2.0/33” is no network."),
        ({"ip_ranges": "the clinic"}, "ip_ranges", "“the clinic” is no network."),
        ({"ip_ranges": "192.0.2.7/24"}, "ip_ranges", "“192.0.2.7/24” is no network."),
        ({"one_page": "on", "forward_only": "on"}, "forward_only", "Choose one of the two."),
        ({"show_key": "at_once", "attempts": "2"}, "show_key", "While another attempt is possible"),
        ({"show_key": "at_once", "attempts": "0"}, "show_key", "While another attempt is possible"),
        ({"show_comments": "from_date"}, "feedback_from", "Choose the date"),
        ({"pass_percent": "101"}, "pass_percent", "less than or equal to 100"),
        ({"attempts": "21"}, "attempts", "less than or equal to 20"),
        ({"cooldown_hours": "-1"}, "cooldown_hours", "greater than or equal to 0"),
        ({"time_limit_minutes": "481"}, "time_limit_minutes", "less than or equal to 480"),
        ({"grace_seconds": "301"}, "grace_seconds", "less than or equal to 300"),
        ({"new_password": "short"}, "new_password", "at least 6 characters"),
        ({"new_password": "long enough", "drop_password": "on"}, "drop_password", "Either write a new password"),
    ],
)
def test_every_bad_rule_is_refused_beside_its_field(cast, place, fields, at, sentence):
    response = write_quiz(cast.client("director"), place, chosen_section(make_question()), **fields)
    errors = response.context["form"].errors
    assert set(errors) == {at}
    assert sentence in errors[at][0]
    assert not QuizPage.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"opens_at": JUNE, "closes_at": JULY},
        {"ip_ranges": "192.0.2.0/24\n\n2001:db8::/32\n192.0.2.7"},
        {"show_key": "at_once", "attempts": "1"},
        {"show_comments": "from_date", "feedback_from": JUNE},
    ],
)
def test_rules_that_agree_are_taken(cast, place, fields):
    write_quiz(cast.client("director"), place, chosen_section(make_question()), **fields)
    assert QuizPage.objects.get().live


@pytest.mark.parametrize("name", ["opens_at", "closes_at", "sections", "honour", "new_password", "show_key", "study"])
def test_every_field_says_what_it_is_for(name):
    form = QuizPage.get_edit_handler().get_form_class()(instance=QuizPage())
    assert form.fields[name].help_text


def test_the_rules_hold_whoever_saves_the_page(place):
    page = QuizPage(title="Quiz", slug="quiz", one_page=True, forward_only=True)
    with pytest.raises(ValidationError, match="Choose one of the two"):
        place.add_child(instance=page)


# What of it goes into an edition -------------------------------------------------------------------------------------


def test_a_director_puts_a_quiz_together_and_every_rule_of_it_is_frozen(cast, place):
    first = make_question(topic="body")
    for key in ("mind-1", "mind-2"):
        make_question(topic="mind", key=key)
    study = streamfield([("page", str(place.lesson.pk))])
    write_quiz(
        cast.client("director"),
        place,
        chosen_section(first, title="Body"),
        drawn_section(1, title="Mind", topic="mind"),
        opens_at=JUNE,
        closes_at=JULY,
        grace_seconds="60",
        one_page="on",
        attempts="1",
        honour=" I work alone. ",
        new_password="open sesame",
        ip_ranges="192.0.2.0/24\n",
        show_key="never",
        show_comments="from_date",
        feedback_from=JULY,
        study=study,
    )
    quiz = Quiz(freeze_quiz(QuizPage.objects.get()).source)
    assert quiz.sections == (Section("Body", (first.key,), 0), Section("Mind", ("mind-1", "mind-2"), 1))
    assert list(quiz.questions) == [first.key, "mind-1", "mind-2"]
    assert (quiz.asked_count, quiz.attempts, quiz.grace.seconds) == (2, 1, 60)
    assert (quiz.opens_at, quiz.closes_at) == (QuizPage.objects.get().opens_at, QuizPage.objects.get().closes_at)
    assert (quiz.is_one_page, quiz.is_forward_only, quiz.honour) == (True, False, "I work alone.")
    assert quiz.ip_ranges == ("192.0.2.0/24",)
    assert quiz.feedback.when[FeedbackPart.KEY] == FeedbackWhen.NEVER
    assert quiz.feedback.when[FeedbackPart.COMMENTS] == FeedbackWhen.FROM_DATE
    assert quiz.feedback.from_moment == quiz.closes_at
    assert [lesson.title for lesson in quiz.remediation.lessons] == [place.lesson.title]


def test_a_window_is_frozen_in_universal_time(quiz_page):
    quiz_page.opens_at = datetime(2027, 6, 1, 9, tzinfo=UTC)
    assert freeze_quiz(quiz_page).source["settings"]["opens_at"] == "2027-06-01T09:00:00+00:00"


def test_a_password_is_kept_only_as_its_hash_and_freezing_twice_says_the_same(cast, place):
    client = cast.client("director")
    write_quiz(client, place, chosen_section(make_question()), new_password="open sesame")
    page = QuizPage.objects.get()
    kept = json.dumps(page.latest_revision.content) + json.dumps(freeze_quiz(page).source)
    assert "sesame" not in kept
    assert check_password("open sesame", Quiz(freeze_quiz(page).source).password_hash)
    assert freeze_quiz(page).source == freeze_quiz(page).source
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert ("One holds now." in text_of(edit), page.password in edit.content.decode()) == (True, False)


def test_an_edition_keeps_the_exact_versions_that_were_published(cast, quiz_page):
    publish_edition(quiz_page.program_page, by=cast.director)
    item = EditionItem.objects.get(slug="quiz")
    before = json.dumps(item.body.source)
    for question in quiz_page.asked:
        question.stem = "<p>Altered</p>"
        save_question(question, by=cast.director)
    quiz_page.delete()
    item.body.refresh_from_db()
    assert json.dumps(item.body.source) == before
    questions = item.body.source["questions"]
    assert [(question["version"], question["kind"], question["critical"]) for question in questions] == [
        (1, "single", True),
        (1, "numeric", False),
    ]
    assert questions[1]["data"]["answer"] == "10"


def test_an_edition_keeps_the_pool_of_a_section_whatever_comes_into_the_bank(cast, quiz_page):
    quiz_page.sections = [drawn(1, title="Any")]
    quiz_page.save_revision().publish()
    publish_edition(quiz_page.program_page, by=cast.director)
    make_question()
    body = EditionItem.objects.get(slug="quiz").body
    assert body.source["sections"] == [
        {"title": "Any", "questions": [question.key for question in quiz_page.asked], "draw": 1}
    ]


def test_a_draft_of_a_question_does_not_come_into_an_edition(quiz_page):
    question = quiz_page.asked[0]
    question.stem = "<p>Altered</p>"
    save_draft(question, by=None)
    assert "Altered" not in json.dumps(freeze_quiz(quiz_page).source)


def test_a_lesson_to_study_must_be_part_of_the_edition(cast, quiz_page):
    elsewhere = make_lesson_page(make_module_page(make_program_page()))
    quiz_page.study = [{"type": "page", "value": elsewhere.pk}]
    frozen = freeze_quiz(quiz_page)
    assert set(frozen.links) == {str(elsewhere.activity_key)}


def test_a_quiz_may_ask_for_an_essay(quiz_page):
    quiz_page.sections = [chosen(make_question("essay"))]
    assert freeze_quiz(quiz_page).problems == []


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


def test_what_keeps_a_quiz_out_of_an_edition_is_said(quiz_page):
    problems = []
    for sections in ([], [chosen(*quiz_page.asked, draw=3)], [chosen(*quiz_page.asked), chosen(quiz_page.asked[0])]):
        quiz_page.sections = sections
        problems.append(freeze_quiz(quiz_page).problems)
    title = quiz_page.asked[0].title
    assert problems == [
        ["It has no questions."],
        ["It draws 3 questions and has only 2."],
        [f"Section 2: “{title}” stands in this quiz twice. Take it out of one place."],
    ]


def test_an_editor_previews_the_public_part_and_a_stranger_finds_nothing(cast, quiz_page):
    preview = reverse("wagtailadmin_pages:view_draft", args=[quiz_page.pk])
    page = cast.client("director").get(preview)
    assert (page.status_code, "You pass with 80&nbsp;%" in page.content.decode()) == (200, True)
    assert "ZQCANARY" not in page.content.decode()
    assert cast.client("visitor").get(quiz_page.url or "/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("name", "live"), [("director", True), ("registrar", None), ("trainee", None), ("visitor", None)]
)
def test_who_puts_quizzes_together(cast, place, name, live):
    write_quiz(cast.client(name), place, chosen_section(make_question()))
    assert QuizPage.objects.values_list("live", flat=True).first() is live
