"""The requirement "quizzes passed": judged by tables and properties, gathered in two queries, and on the standing page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import QuizPage
from assessments.requirements import Place, QuizFacts, QuizPassed, QuizPassedConfig, QuizRef, Sitting, judge_quizzes
from courses.standards.contract import Step, Subject
from courses.standards.enums import ResultState, Unit
from courses.standards.plain import as_plain, from_plain
from courses.standing.engine import standing_for, standings_for, subject_of
from tests.factories.assessments import frozen_question, make_attempt, make_quiz, make_sitting
from tests.factories.curriculum import make_edition, make_item
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
A, B = QuizRef("a", "Quiz A"), QuizRef("b", "Quiz B")
CONFIG = QuizPassedConfig(key="k", title="Quizzes", quizzes=(A,), min_percent=80)
KIND = QuizPassed()


def sitting(pk=1, quiz="a", percent="90", passed=True, critical=False, on=date(2026, 3, 2)):
    return Sitting(pk, quiz, f"Quiz {quiz.upper()}", 1, Decimal(percent), passed, critical, on)


def facts(*sittings, places="ab"):
    return QuizFacts(
        enrolment=7,
        places={key: Place(f"Quiz {key.upper()}", f"quiz-{key}") for key in places},
        sittings=list(sittings),
    )


@pytest.mark.parametrize(
    ("config", "given_facts", "state", "done", "needed"),
    [
        (CONFIG, facts(), "unmet", 0, 1),
        (CONFIG, facts(sitting()), "met", 1, 1),
        (CONFIG, facts(sitting(percent="80")), "met", 1, 1),
        (CONFIG, facts(sitting(percent="79.99")), "unmet", 0, 1),
        (CONFIG, facts(sitting(percent="100", passed=False, critical=True)), "unmet", 0, 1),
        (CONFIG, facts(sitting(quiz="b")), "unmet", 0, 1),
        (replace(CONFIG, quizzes=(A, B)), facts(sitting()), "unmet", 1, 2),
        (replace(CONFIG, quizzes=(A, B)), facts(sitting(), sitting(2, "b")), "met", 2, 2),
        (replace(CONFIG, quizzes=(), every_quiz=True), facts(sitting(), sitting(2, "b")), "met", 2, 2),
        (replace(CONFIG, quizzes=(), every_quiz=True), facts(sitting(), places="abc"), "unmet", 1, 3),
        (replace(CONFIG, quizzes=(), every_quiz=True), facts(places=""), "unmet", 0, 0),
        (CONFIG, facts(sitting(), places=""), "met", 1, 1),
    ],
)
def test_judged_as_worked_by_hand(config, given_facts, state, done, needed):
    result = judge_quizzes(config, given_facts)
    assert (result.state, result.done, result.needed, result.unit) == (ResultState(state), done, needed, Unit.QUIZZES)


def test_an_unmet_requirement_says_what_is_missing_what_did_not_count_and_what_to_do():
    result = judge_quizzes(
        CONFIG, facts(sitting(percent="92.5", passed=False, critical=True), sitting(2, percent="40", passed=False))
    )
    assert result.missing == ("Pass Quiz A.",)
    assert result.next_steps == (Step("Go to Quiz A", "/learn/7/quiz-a/quiz/"),)
    assert [(row.evidence.label, row.reason) for row in result.excluded] == [
        ("Quiz A: 92 %, attempt 1", "A critical item was missed."),
        ("Quiz A: 40 %, attempt 1", "Below the pass mark."),
    ]


def test_a_quiz_that_is_not_in_the_edition_is_named():
    assert judge_quizzes(CONFIG, facts(places="")).missing == (
        "Quiz A is not part of your edition. Ask your program director.",
    )


sittings = st.lists(
    st.builds(
        sitting,
        pk=st.integers(1, 10**6),
        quiz=st.sampled_from("abc"),
        percent=st.decimals(0, 100, places=2).map(str),
        passed=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(sittings, st.randoms())
def test_the_order_of_evidence_never_matters_and_each_quiz_counts_once(rows, random):
    config = replace(CONFIG, quizzes=(A, B))
    result = judge_quizzes(config, facts(*rows))
    assert result == judge_quizzes(config, facts(*random.sample(rows, len(rows))))
    assert result.done == len(result.counted) <= 2
    assert len(result.counted) + len(result.excluded) == sum(row.quiz in "ab" for row in rows)
    assert (result.state == ResultState.MET) == (result.done == 2)


@given(sittings, st.builds(sitting, pk=st.just(10**7), quiz=st.sampled_from("ab")))
def test_one_more_passed_attempt_never_takes_anything_away(rows, more):
    config = replace(CONFIG, quizzes=(A, B))
    assert judge_quizzes(config, facts(*rows, more)).done >= judge_quizzes(config, facts(*rows)).done


def test_the_settings_survive_their_plain_form():
    assert from_plain(QuizPassedConfig, as_plain(CONFIG)) == CONFIG


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (replace(CONFIG, quizzes=(A, B)), "Pass Quiz A and Quiz B with at least 80 %, with no critical item missed."),
        (
            QuizPassedConfig(key="k", title="t", every_quiz=True),
            "Pass every quiz of the program, with no critical item missed.",
        ),
    ],
)
def test_what_the_public_reads_names_the_quizzes(config, sentence):
    assert KIND.describe(config) == sentence


@pytest.mark.django_db
def test_the_authored_block_becomes_the_settings():
    page = QuizPage(title="Quiz A")
    value = {
        "title": "Quizzes ",
        "waivable": False,
        "track": "",
        "every_quiz": False,
        "quizzes": [page],
        "min_percent": None,
    }
    assert KIND.config_from_block(value, "k") == QuizPassedConfig(
        key="k", title="Quizzes", waivable=False, quizzes=(QuizRef(str(page.activity_key), "Quiz A"),)
    )


@pytest.mark.django_db
def test_problems_that_forbid_publishing_are_said(cast):
    edition = make_edition()
    key = str(make_quiz(edition).activity.key)
    other = str(make_quiz().activity.key)
    check = {"program": edition.program_id, "categories": {}}
    assert KIND.problems(replace(CONFIG, quizzes=()), **check) == [
        "Choose either every quiz of the edition, or the quizzes one by one."
    ]
    assert KIND.problems(replace(CONFIG, quizzes=(QuizRef(other, "x"),)), **check) == [
        "“Ethics of touch: quiz” belongs to another program."
    ]
    assert KIND.problems(replace(CONFIG, quizzes=(QuizRef(key, "x"),)), **check) == []


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_gathering_takes_two_queries_however_many_people(cast, django_assert_num_queries, people):
    edition = make_edition()
    item = make_quiz(edition)
    cohort = make_cohort(edition=edition)
    enrolments = [
        make_enrolment(person, cohort=cohort) for person in (cast.trainee, cast.other_trainee, cast.supervisor)
    ][:people]
    for enrolment in enrolments:
        make_attempt(enrolment, item, at=NOON)
    subjects = [subject_of(enrolment) for enrolment in enrolments]
    config = replace(CONFIG, quizzes=(QuizRef(str(item.activity.key), "x"),))
    with django_assert_num_queries(2):
        gathered = KIND.gather([config], subjects, NOON + timedelta(days=1))
    assert [KIND.judge(config, gathered[subject], {}, {}).state for subject in subjects] == [ResultState.MET] * people


@pytest.mark.django_db
def test_evidence_counts_as_of_its_day_and_inside_its_window(cast):
    place = make_sitting(cast.trainee)
    make_attempt(place.enrolment, place.item, at=NOON)
    config = replace(CONFIG, quizzes=(QuizRef(str(place.item.activity.key), "x"),))
    whole = subject_of(place.enrolment)
    renewal = Subject(person=cast.trainee.pk, enrolment=None, edition=None, since=NOON, until=NOON + timedelta(days=1))

    def done(subject, as_of):
        return KIND.judge(config, KIND.gather([config], [subject], as_of)[subject], {}, {}).done

    assert done(whole, NOON - timedelta(seconds=1)) == 0
    assert done(whole, NOON) == 1
    assert done(renewal, NOON) == 1
    assert done(replace(renewal, until=NOON), NOON) == 0
    assert done(replace(renewal, since=NOON + timedelta(seconds=1)), NOON + timedelta(days=9)) == 0
    assert done(replace(whole, enrolment=place.enrolment.pk + 1), NOON) == 0


@pytest.mark.django_db
def test_failed_attempts_are_read_of_one_trainee_and_of_many_only_in_detail(cast):
    edition = make_edition()
    item = make_quiz(edition)
    make_item(edition)
    config = QuizPassedConfig(key="quiz", title="Quizzes", every_quiz=True)
    version = make_standard_version(edition.program, requirements=[config])
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=edition, standard_version=version))
    make_attempt(enrolment, item, wrong=(1,))
    make_attempt(other := make_enrolment(cast.other_trainee, cohort=enrolment.cohort), item, wrong=(1,))
    assert [found.results[0].excluded for found in standings_for([enrolment, other]).values()] == [(), ()]
    assert standing_for(enrolment).results[0].excluded
    detailed = standing_for(enrolment, detail=True).results[0]
    assert [row.reason for row in detailed.excluded] == ["A critical item was missed."]
    assert (detailed.state, detailed.done, detailed.needed) == (ResultState.UNMET, 0, 1)


# Awaiting marking ----------------------------------------------------------------------------------------------------


def test_what_waits_to_be_marked_is_pending_and_says_so():
    waiting = facts()
    waiting.waiting = {"a"}
    result = judge_quizzes(CONFIG, waiting)
    assert (result.state, result.done, result.pending, result.needed) == (ResultState.PENDING, 0, 1, 1)
    assert result.missing == ("Quiz A is awaiting marking. There is nothing to do until your faculty have marked it.",)
    assert result.next_steps == ()


def test_with_something_else_to_do_it_is_not_yet_met():
    waiting = facts()
    waiting.waiting = {"a"}
    result = judge_quizzes(replace(CONFIG, quizzes=(A, B)), waiting)
    assert (result.state, result.pending) == (ResultState.UNMET, 1)
    assert [step.label for step in result.next_steps] == ["Go to Quiz B"]


@pytest.mark.parametrize("detail", [False, True])
def test_an_essay_that_is_not_marked_yet_makes_its_quiz_wait(cast, detail):
    sitting = make_sitting(cast.trainee, questions=[frozen_question("essay", "essay")])
    make_attempt(sitting.enrolment, sitting.item, at=NOON)
    subject = subject_of(sitting.enrolment)
    gathered = KIND.gather([CONFIG], [subject], NOON + timedelta(hours=1), detail=detail)[subject]
    assert (gathered.waiting, gathered.sittings) == ({str(sitting.item.activity.key)}, [])


def test_a_score_that_the_quiz_does_not_show_is_not_in_the_standing_either():
    hidden = facts(sitting())
    hidden.places = {"a": Place("Quiz A", "quiz-a", shows_score=False)}
    assert [one.evidence.label for one in judge_quizzes(CONFIG, hidden).counted] == ["Quiz A, attempt 1"]
    assert [one.evidence.label for one in judge_quizzes(CONFIG, facts(sitting())).counted] == [
        "Quiz A: 90 %, attempt 1"
    ]
