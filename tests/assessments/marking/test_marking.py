"""Marking by hand: the arithmetic, the act, who may, two at once, and the pages."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions import close_overdue_attempts, start_attempt, submit_attempt
from assessments.enums import AttemptState, RegradeChange
from assessments.marking.actions import AlreadyMarked, mark_answer
from assessments.marking.points import points_of_percent, points_of_steps
from assessments.marking.queries import answers_to_mark, waits_for_marks_since
from assessments.models import Marking
from lms.accounts.actions import raise_barrier
from lms.errors import Refusal
from lms.notices.models import Notice
from lms.web.prepared import with_constants
from tests.cast import make_person
from tests.factories.assessments import answer, frozen_question, frozen_version, make_attempt, make_question, make_quiz
from tests.factories.curriculum import make_edition
from tests.factories.enrolment import grant_faculty, make_cohort, make_enrolment
from tests.factories.regrading import regrade
from tests.races import at_once
from tests.web import send_form, text_of

HALF = Fraction(1, 2)


def two_essays():
    return [
        frozen_question("airway", "essay"),
        frozen_question("choice", "single"),
        frozen_question("handover", "essay"),
    ]


@pytest.fixture
def cohort(cast):
    cohort = make_cohort(edition=make_edition())
    grant_faculty(cast.faculty, cohort)
    return cohort


@pytest.fixture
def quiz(cohort):
    return make_quiz(cohort.edition, questions=two_essays(), pass_percent=75, cooldown_hours=0)


@pytest.fixture
def attempt(cast, cohort, quiz):
    return make_attempt(make_enrolment(cast.trainee, cohort=cohort), quiz)


def mark(attempt, slot, points=HALF, *, by, words="Name the airway first."):
    return mark_answer(attempt, slot=slot, points=points, words=words, by=by)


@pytest.mark.parametrize(
    ("steps", "points"),
    [(["1", "1"], 1), (["1/2"], HALF), (["1", "1/2", "0"], HALF), (["1", "1", "0"], Fraction(2, 3)), (["0"], 0)],
)
def test_each_criterion_counts_as_much_as_any_other(steps, points):
    assert points_of_steps(steps) == points


@pytest.mark.parametrize("steps", [[], ["2"], ["-1"], ["nan"]])
def test_a_step_that_does_not_exist_is_refused(steps):
    with pytest.raises(ValueError, match="step"):
        points_of_steps(steps)


def test_percent_is_exact_and_stays_within_its_range():
    assert points_of_percent(33) == Fraction(33, 100)
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="percentage"):
            points_of_percent(percent)


def test_the_last_mark_grades_the_attempt_and_tells_its_trainee(cast, attempt):
    assert attempt.state == AttemptState.AWAITING
    half_way = mark(attempt, 1, Fraction(1), by=cast.faculty)
    assert (half_way.state, half_way.score, half_way.passed) == (AttemptState.AWAITING, None, None)
    assert not Notice.objects.filter(key=f"attempt-{attempt.pk}-marked").exists()
    done = mark(attempt, 3, HALF, by=cast.director)
    assert (done.state, int(done.score), done.passed) == (AttemptState.SUBMITTED, 83, True)
    assert [row["points"] for row in done.result] == ["1", "1", "1/2"]
    assert done.submitted_at == attempt.submitted_at
    notice = Notice.objects.get(key=f"attempt-{attempt.pk}-marked")
    assert notice.person == cast.trainee
    assert "Name the airway" not in notice.text


def test_an_attempt_that_the_clock_closed_is_expired_once_it_is_marked(cast, cohort):
    quiz = make_quiz(cohort.edition, questions=[frozen_question("airway", "essay")], time_limit_minutes=10)
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    begun = timezone.now() - timedelta(hours=1)
    attempt = start_attempt(enrolment, quiz, by=cast.trainee, at=begun)
    answer(attempt, 1, at=begun + timedelta(minutes=1))
    close_overdue_attempts()
    assert mark(attempt, 1, Fraction(1), by=cast.faculty).state == AttemptState.EXPIRED


def test_what_was_left_out_earns_nothing_and_waits_for_nobody(cast, cohort, quiz):
    attempt = start_attempt(make_enrolment(cast.trainee, cohort=cohort), quiz, by=cast.trainee)
    answer(attempt, 1)
    attempt = submit_attempt(attempt, by=cast.trainee)
    assert [line.slot for line in answers_to_mark(attempt)] == [1]
    assert int(mark(attempt, 1, Fraction(1), by=cast.faculty).score) == 33


def test_a_mark_is_given_once(cast, attempt):
    mark(attempt, 1, by=cast.faculty)
    with pytest.raises(AlreadyMarked, match=r"Faculty has marked this answer already. What you wrote was not saved"):
        mark(attempt, 1, Fraction(1), by=cast.director)
    assert Marking.objects.get().points == "1/2"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update assessments_marking set points = '1'")


def test_only_what_a_person_marks_can_be_marked(cast, attempt):
    for slot in (2, 9):
        with pytest.raises(Refusal, match="is not marked by a person"):
            mark(attempt, slot, by=cast.faculty)


def test_an_open_attempt_cannot_be_marked(cast, cohort, quiz):
    attempt = start_attempt(make_enrolment(cast.trainee, cohort=cohort), quiz, by=cast.trainee)
    answer(attempt, 1)
    with pytest.raises(Refusal):
        mark(attempt, 1, by=cast.faculty)


@pytest.mark.parametrize("name", ["trainee", "other_trainee", "supervisor", "other_faculty", "registrar"])
def test_nobody_else_marks(cast, attempt, name):
    with pytest.raises(Refusal, match="Only faculty of the cohort and program directors"):
        mark(attempt, 1, by=getattr(cast, name))
    assert not Marking.objects.exists()


def test_a_voided_essay_waits_for_nobody(cast, cohort):
    question = make_question("essay")
    quiz = make_quiz(cohort.edition, questions=[frozen_question("c", "single"), frozen_version(question)])
    attempt = make_attempt(make_enrolment(cast.trainee, cohort=cohort), quiz)
    assert attempt.is_awaiting
    regrade(question.newest_version, RegradeChange.VOID, by=cast.director)
    attempt.refresh_from_db()
    assert (attempt.state, int(attempt.score), attempt.passed) == (AttemptState.SUBMITTED, 100, True)


def test_marks_of_persons_outlive_a_regrade_of_another_question(cast, cohort):
    question = make_question()
    quiz = make_quiz(cohort.edition, questions=[frozen_version(question), frozen_question("airway", "essay")])
    attempt = start_attempt(make_enrolment(cast.trainee, cohort=cohort), quiz, by=cast.trainee)
    answer(attempt, 2)
    mark(submit_attempt(attempt, by=cast.trainee), 2, HALF, by=cast.faculty)
    regrade(question.newest_version, RegradeChange.FULL, by=cast.director)
    attempt.refresh_from_db()
    assert (int(attempt.score), [row["points"] for row in attempt.result]) == (75, ["1", "1/2"])


@pytest.mark.django_db(transaction=True)
def test_of_two_markers_at_once_one_wins_and_the_other_is_told(cast, attempt):
    markers = [cast.faculty, cast.director]
    results = at_once(2, lambda number: mark(attempt, 1, by=markers[number]))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyMarked", "Attempt"]
    assert Marking.objects.count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------


def said(response):
    return text_of(response).replace("\xa0", " ")


def test_faculty_mark_from_the_queue_and_the_trainee_reads_the_words(cast, attempt):
    client, result = cast.client("faculty"), reverse("quiz_result", args=[attempt.pk])
    before = said(cast.client("trainee").get(result))
    assert "Awaiting marking" in before
    assert "0 %" not in before
    assert "Trainee Mark what Trainee wrote" in said(client.get(reverse("desk_marking")))
    page = client.get(reverse("desk_marking_attempt", args=[attempt.pk]))
    half = send_form(client, page, "Give this mark", **{"mark-1-step_1": "1", "mark-1-words": "Well observed."})
    assert "Something of this attempt is left to mark" in said(half)
    assert "Well observed." not in said(cast.client("trainee").get(result))
    done = send_form(client, half, "Give this mark", **{"mark-3-step_1": "1/2", "mark-3-words": "Name the dose."})
    assert "Nothing waits" in said(done)
    after = said(cast.client("trainee").get(result))
    assert "You scored 83 %" in after
    assert "Well observed." in after
    assert "Name the dose." in after


def test_a_mark_without_words_is_refused_beside_the_field(cast, attempt):
    client = cast.client("faculty")
    page = client.get(reverse("desk_marking_attempt", args=[attempt.pk]))
    response = send_form(client, page, "Give this mark", **{"mark-1-step_1": "1"})
    assert response.status_code == 422
    assert "This field is required" in said(response)
    assert not Marking.objects.exists()


def test_the_second_marker_reads_who_was_first(cast, attempt):
    client = cast.client("director")
    page = client.get(reverse("desk_marking_attempt", args=[attempt.pk]))
    mark(attempt, 1, by=cast.faculty)
    response = send_form(client, page, "Give this mark", **{"mark-1-step_1": "1", "mark-1-words": "Mine."})
    assert response.status_code == 409
    assert "Faculty has marked this answer already. What you wrote was not saved." in said(response)


def test_a_barrier_keeps_an_attempt_out_of_the_queue(cast, attempt):
    raise_barrier(cast.faculty, cast.trainee, by=cast.director, reason="They are related.")
    client = cast.client("faculty")
    assert "Nothing waits" in said(client.get(reverse("desk_marking")))
    assert client.get(reverse("desk_marking_attempt", args=[attempt.pk])).status_code == 404


def test_what_waits_stands_on_the_work_list_of_those_who_mark(cast, attempt):
    assert "1 quiz waits to be marked" in said(cast.client("faculty").get("/home/"))
    assert "waits to be marked" not in said(cast.client("other_faculty").get("/home/"))


@pytest.mark.parametrize("people", [1, 3])
def test_the_pages_ask_a_fixed_number_of_questions(cast, cohort, quiz, people, django_assert_num_queries):
    for number in range(people):
        attempt = make_attempt(make_enrolment(make_person(f"person_{number}"), cohort=cohort), quiz)
    client = cast.client("faculty")
    pages = {reverse("desk_marking"): 4, reverse("desk_marking_attempt", args=[attempt.pk]): 4}
    for url, queries in pages.items():
        client.get(url)
        with django_assert_num_queries(queries):
            client.get(url)


def test_what_waits_is_found_by_its_small_index(db):
    """Asked for any of them where none is, a database of 100,000 trainees read every attempt for 0.2 s of each home page."""
    sql, parameters = with_constants(*waits_for_marks_since().query.sql_with_params())  # as prepared queries write it
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of an empty table any plan is the cheapest
        cursor.execute(f"{explain} {sql}", parameters)
        assert any("attempts_that_wait" in str(row) for row in cursor.fetchall())
