"""Where a question of the bank is used: quizzes, editions, and how often it was asked and answered."""

import pytest
from django.urls import reverse

from assessments.actions import count_questions, start_attempt, submit_attempt
from assessments.enums import AttemptState
from assessments.invigilation.actions import annul_attempt
from assessments.usage import places_in_editions, times_asked
from courses.curriculum.actions import publish_edition
from courses.curriculum.models import Edition
from tests.assessments.editing import BANK
from tests.factories.assessments import answer, chosen, drawn, make_question, make_quiz_page
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of

pytestmark = pytest.mark.django_db
QUERIES = 17


@pytest.fixture
def bank(cast):
    """One question that a quiz has chosen and another may draw, and the edition that was made of them."""
    program_page = make_program_page()
    module = make_module_page(program_page)
    make_lesson_page(module)
    question = make_question("numeric", key="dose", topic="body")
    for title, section in [("Chosen quiz", chosen(question)), ("Drawn quiz", drawn(1, topic="body"))]:
        page = make_quiz_page(module, title=title)
        page.sections = [section]
        page.save_revision().publish()
    make_question(key="dose-2")
    publish_edition(program_page, by=cast.director)
    question.edition = Edition.objects.get()
    return question


def sit(person, edition, item, *, answers: bool):
    enrolment = make_enrolment(person, cohort=make_cohort(edition=edition))
    attempt = start_attempt(enrolment, item, by=person)
    if answers:
        answer(attempt, 1, right=False)
    return submit_attempt(attempt, by=person)


def test_the_editions_that_can_ask_it_are_named_its_pools_too(bank):
    assert {place.title for place in places_in_editions(bank)} == {"Chosen quiz", "Drawn quiz"}
    assert places_in_editions(make_question(key="dos")) == []


def test_it_is_counted_by_version_how_often_it_was_asked_and_answered(cast, bank):
    place = places_in_editions(bank)[0]
    assert counted(bank) == []
    sit(cast.trainee, bank.edition, place, answers=True)
    sit(cast.other_trainee, bank.edition, place, answers=False)
    assert counted(bank) == [(1, 2, 1)]
    assert counted(bank) == [(1, 2, 1)]


def test_an_annulled_attempt_is_not_counted_any_more_and_an_open_one_not_yet(cast, bank):
    place = places_in_editions(bank)[0]
    attempt = sit(cast.trainee, bank.edition, place, answers=True)
    start_attempt(make_enrolment(cast.supervisor, cohort=make_cohort(edition=bank.edition)), place, by=cast.supervisor)
    assert counted(bank) == [(1, 1, 1)]
    assert annul_attempt(attempt, by=cast.director, reason="The line broke.").state == AttemptState.ANNULLED
    assert counted(bank) == []


def counted(question) -> list[tuple[int, int, int]]:
    """Version, asked and answered, after tonight's count."""
    count_questions()
    return [(row.version, row.asked, row.answered) for row in times_asked(question)]


def test_its_page_of_use_names_quizzes_editions_and_numbers(cast, bank):
    sit(cast.trainee, bank.edition, places_in_editions(bank)[0], answers=True)
    count_questions()
    response = cast.client("director").get(reverse(f"{BANK}:usage", args=[bank.pk]))
    words = text_of(response)
    assert [word for word in ("Chosen quiz", "Drawn quiz", str(bank.edition), "Answered") if word not in words] == []


@pytest.mark.parametrize("quizzes", [1, 3])
def test_the_page_takes_as_many_queries_for_one_quiz_as_for_three(cast, quizzes, django_assert_num_queries):
    module, question = make_module_page(make_program_page()), make_question()
    for _ in range(quizzes):
        page = make_quiz_page(module)
        page.sections = [chosen(question)]
        page.save_revision().publish()
    client = cast.client("director")
    url = reverse(f"{BANK}:usage", args=[question.pk])
    client.get(url)
    with django_assert_num_queries(QUERIES):
        client.get(url)
