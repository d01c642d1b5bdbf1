"""The desk's statistics through HTTP: nothing below the minimum, first attempts only, and a fixed number of queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.statistics.arithmetic import MINIMUM
from assessments.statistics.queries import first_attempts
from tests.cast import make_person
from tests.factories.assessments import make_attempt, make_quiz
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.web import text_of


@pytest.fixture
def cohort(db):
    return make_cohort(edition=make_edition())


@pytest.fixture
def quiz(cohort):
    return make_quiz(cohort.edition, cooldown_hours=0)


def sit(cohort, quiz, count, *, wrong=(), start=0):
    """So many new people sit it; `wrong` are the slots that every second of them answers wrongly."""
    for number in range(start, start + count):
        enrolment = make_enrolment(make_person(f"person_{number}"), cohort=cohort)
        make_attempt(enrolment, quiz, wrong=wrong if number % 2 else ())


def page(quiz, key="", number=1):
    if key:
        return reverse("desk_version_statistics", args=[quiz.activity_id, key, number])
    return reverse("desk_quiz_statistics", args=[quiz.activity_id])


def test_below_the_minimum_the_pages_say_how_many_are_missing_and_nothing_else(cast, cohort, quiz):
    sit(cohort, quiz, 2, wrong=(2,))
    client = cast.client("director")
    said = text_of(client.get(page(quiz)))
    assert "18 more people are needed. Figures are shown from 20 first attempts on, and there are 2" in said
    assert "18 more people needed" in said
    version = client.get(page(quiz, "q2"))
    assert "18 more people are needed" in text_of(version)
    assert b'<svg class="plot' not in version.content
    assert "Option b of q2" not in text_of(version)


def test_from_the_minimum_on_the_figures_are_shown(cast, cohort, quiz):
    sit(cohort, quiz, MINIMUM, wrong=(2, 3))
    client = cast.client("director")
    said = text_of(client.get(page(quiz)))
    assert "20 people have submitted this quiz" in said
    assert "q2 topic of q2 1 20 0.50 1.00 0 s Nobody chose 2 of its options" in said
    assert "q1 topic of q1, critical item 1 20 1.00 – 0 s Almost everybody is right" in said
    version = client.get(page(quiz, "q2"))
    said = text_of(version)
    assert "Option b of q2 Right 10 0 5" in said
    assert "Option a of q2 Not right 10 5 0" in said
    assert '<title id="plot-title">Mean points by score on the other questions</title>' in version.content.decode()
    assert "Lowest 4 0 %" in said.replace("\xa0", " ")
    assert "Highest 4 100 %" in said.replace("\xa0", " ")


def test_each_person_counts_once_with_the_first_attempt(cast, cohort, quiz):
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    earlier = timezone.now() - timedelta(days=3)
    first = make_attempt(enrolment, quiz, wrong=(1, 2), at=earlier)
    make_attempt(enrolment, quiz)
    director = cast.client("director")
    assert "1 person has submitted this quiz" in text_of(director.get(page(quiz)))
    assert f"{quiz.title} {quiz.edition.program} 1 Too few people yet" in text_of(
        director.get(reverse("desk_statistics"))
    )
    assert [attempt.pk for attempt in first_attempts(quiz.activity)] == [first.pk]


def test_a_version_nobody_was_asked_is_not_found(cast, cohort, quiz):
    sit(cohort, quiz, 1)
    assert cast.client("director").get(page(quiz, "q1", 2)).status_code == 404
    assert cast.client("director").get(page(quiz, "nothing")).status_code == 404


def test_faculty_read_the_quizzes_of_their_programs_only(cast, cohort, quiz):
    other = make_quiz(make_edition(), title="Of another program")
    grant_faculty(cast.faculty, cohort)
    client = cast.client("faculty")
    assert "Of another program" not in text_of(client.get(reverse("desk_statistics")))
    assert quiz.title in text_of(client.get(reverse("desk_statistics")))
    assert client.get(page(other)).status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_the_pages_ask_a_fixed_number_of_questions(cast, cohort, quiz, people, django_assert_num_queries):
    sit(cohort, quiz, people)
    client = cast.client("director")
    for url in (reverse("desk_statistics"), page(quiz), page(quiz, "q1")):
        client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("desk_statistics"))
    with django_assert_num_queries(QUIZ_QUERIES):
        client.get(page(quiz))
    with django_assert_num_queries(QUIZ_QUERIES):
        client.get(page(quiz, "q1"))


LIST_QUERIES = 4
QUIZ_QUERIES = 6
