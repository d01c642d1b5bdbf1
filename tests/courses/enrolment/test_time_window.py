"""The requirement of a time window: its last day to the minute, and what moves it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from courses.enrolment.actions import delay_cohort, extend_enrolment, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.requirements import (
    ASK,
    MOST_MONTHS,
    TimeWindow,
    TimeWindowConfig,
    TimeWindowFacts,
    judge_window,
    last_day,
)
from courses.standards.contract import Subject
from courses.standards.enums import ResultState
from courses.standing.engine import standing_for
from lms.clock.actions import adjust_deadlines
from lms.clock.models import Cause
from lms.clock.rules import Shift
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.factories.standards import make_standard_version
from tests.web import text_of

CONFIG = TimeWindowConfig(key="window", title="Time", months=24)
BEGAN = date(2026, 3, 3)
LAST_MOMENT = datetime(2028, 3, 4, 6, 59, 59, tzinfo=UTC)  # of 3 March in Denver, seven hours behind
TOO_LATE = LAST_MOMENT + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("enrolled_on", "months", "shifts", "last"),
    [
        (BEGAN, 24, [], date(2028, 3, 3)),
        (date(2026, 8, 31), 6, [], date(2027, 2, 28)),
        (date(2027, 8, 31), 6, [], date(2028, 2, 29)),
        (date(2028, 2, 29), 12, [], date(2029, 2, 28)),
        (date(2026, 12, 31), 1, [], date(2027, 1, 31)),
        (BEGAN, 24, [Shift(date(2026, 5, 1), 10), Shift(date(2028, 3, 13), 1)], date(2028, 3, 14)),
        (BEGAN, 24, [Shift(date(2028, 3, 4), 10)], date(2028, 3, 3)),  # a leave after the end opens nothing again
    ],
)
def test_the_last_day_is_the_same_day_of_the_month(enrolled_on, months, shifts, last):
    assert last_day(enrolled_on, months, shifts) == last


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, MOST_MONTHS))
def test_another_month_is_always_later_and_never_in_the_month_after(enrolled_on, months):
    last = last_day(enrolled_on, months)
    assert last > last_day(enrolled_on, months - 1)
    assert (last.year * 12 + last.month) - (enrolled_on.year * 12 + enrolled_on.month) == months
    assert last.day <= enrolled_on.day


def facts(asked_on, completed_on=None) -> TimeWindowFacts:
    return TimeWindowFacts(enrolment=7, enrolled_on=BEGAN, asked_on=asked_on, completed_on=completed_on)


@pytest.mark.parametrize(
    ("asked_on", "completed_on", "state", "sentence"),
    [
        (BEGAN, None, ResultState.MET, "There is time until 3 Mar 2028."),
        (date(2028, 3, 3), None, ResultState.MET, "There is time until 3 Mar 2028."),
        (date(2028, 3, 4), None, ResultState.UNMET, f"The time ended on 3 Mar 2028. {ASK}"),
        (
            date(2030, 1, 1),
            date(2028, 3, 3),
            ResultState.MET,
            "Completed on 3 Mar 2028; there was time until 3 Mar 2028.",
        ),
        (
            date(2030, 1, 1),
            date(2028, 3, 4),
            ResultState.UNMET,
            f"Completed on 4 Mar 2028, after the time ended on 3 Mar 2028. {ASK}",
        ),
    ],
)
def test_it_explains_itself(asked_on, completed_on, state, sentence):
    result = judge_window(CONFIG, facts(asked_on, completed_on))
    assert (result.state, result.note or result.missing[0]) == (state, sentence)
    assert bool(result.excluded) == (state == ResultState.UNMET)


def test_a_renewal_has_no_window():
    assert judge_window(CONFIG, TimeWindowFacts()).state == ResultState.NOT_APPLICABLE


@pytest.mark.parametrize(("months", "problems"), [(0, 1), (1, 0), (MOST_MONTHS, 0), (MOST_MONTHS + 1, 1)])
def test_months_out_of_range_are_not_published(months, problems):
    config = TimeWindowConfig(key="window", title="Time", months=months)
    assert len(TimeWindow().problems(config, program=1, categories={})) == problems


def test_a_standard_says_it_in_plain_words():
    assert TimeWindow().describe(CONFIG) == (
        "Everything completed within 24 months of enrolment. Pauses and extensions are added."
    )


# Gathered ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def enrolment(cast) -> Enrolment:
    """Enrolled on 3 March 2026 in a cohort in Denver that has two years."""
    with time_machine.travel(datetime(2026, 3, 3, 18, tzinfo=UTC), tick=False):
        version = make_standard_version(requirements=[CONFIG])
        cohort = make_cohort(standard_version=version, starts_on=BEGAN, ends_on=date(2028, 3, 3))
        return make_enrolment(cast.trainee, cohort=cohort)


def result_at(enrolment: Enrolment, moment: datetime):
    return standing_for(enrolment, as_of=moment).result("window")


def state_at(enrolment: Enrolment, moment: datetime) -> str:
    return result_at(enrolment, moment).state


def test_the_last_day_ends_at_midnight_where_the_cohort_is(enrolment):
    assert [state_at(enrolment, moment) for moment in (LAST_MOMENT, TOO_LATE)] == ["met", "unmet"]
    assert state_at(enrolment, date(2028, 3, 3)) == "met"
    assert result_at(enrolment, LAST_MOMENT).valid_until == date(2028, 3, 3)


def test_an_extension_moves_it_also_when_it_comes_afterwards(enrolment, cast):
    with time_machine.travel(TOO_LATE + timedelta(days=9), tick=False):
        assert state_at(enrolment, TOO_LATE + timedelta(days=9)) == "unmet"
        extend_enrolment(enrolment, date(2028, 4, 2), by=cast.director, reason="Illness.")
        now = TOO_LATE + timedelta(days=9)
        assert "until 2 Apr 2028" in result_at(enrolment, now).note
        assert state_at(enrolment, now - timedelta(days=1)) == "unmet"  # as it stood before the extension


def test_a_pause_counts_while_it_lasts_and_when_it_has_ended(enrolment, cast):
    with time_machine.travel(datetime(2027, 1, 10, 18, tzinfo=UTC), tick=False) as clock:
        move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
        clock.move_to(datetime(2027, 1, 30, 18, tzinfo=UTC))
        assert "until 23 Mar 2028" in result_at(enrolment, datetime(2027, 1, 30, 18, tzinfo=UTC)).note
        move_enrolment(enrolment, EnrolmentState.ACTIVE, by=cast.director, reason="Back.")
        clock.move_to(datetime(2027, 6, 1, 18, tzinfo=UTC))
        assert "until 23 Mar 2028" in result_at(enrolment, datetime(2027, 6, 1, 18, tzinfo=UTC)).note


def test_only_what_reaches_her_here_moves_it(enrolment, cast):
    other = make_cohort(enrolment.program)
    since = date(2026, 4, 1)
    for reached in (
        {"person": cast.other_trainee},
        {"cohort_id": other.pk},
        {"person": cast.trainee, "cohort_id": other.pk},
    ):
        adjust_deadlines(cause=Cause.LEAVE, since=since, days=5, by=None, **reached)
    assert "until 3 Mar 2028" in result_at(enrolment, LAST_MOMENT).note
    delay_cohort(enrolment.cohort, cause=Cause.OUTAGE, since=since, days=1, by=None)
    adjust_deadlines(cause=Cause.LEAVE, since=since, days=2, by=None, person=cast.trainee)
    adjust_deadlines(
        cause=Cause.LEAVE, since=since, days=4, by=None, person=cast.trainee, cohort_id=enrolment.cohort_id
    )
    assert "until 10 Mar 2028" in result_at(enrolment, LAST_MOMENT).note


@pytest.mark.parametrize(("at", "state"), [(LAST_MOMENT, "met"), (TOO_LATE, "unmet")])
def test_what_was_completed_in_time_stays_so(enrolment, cast, at, state):
    with time_machine.travel(at, tick=False):
        move_enrolment(enrolment, EnrolmentState.COMPLETED, by=cast.director, reason="Done.")
    assert state_at(enrolment, at + timedelta(days=900)) == state


@pytest.mark.parametrize("people", [1, 3])
def test_two_queries_answer_for_however_many(cast, people, django_assert_num_queries):
    cohort = make_cohort()
    persons = (cast.trainee, cast.other_trainee, cast.supervisor)[:people]
    enrolments = [make_enrolment(person, cohort=cohort) for person in persons]
    subjects = [Subject(person=one.person_id, enrolment=one.pk, edition=one.edition_id) for one in enrolments]
    with django_assert_num_queries(2):
        gathered = TimeWindow().gather([CONFIG], subjects, LAST_MOMENT)
    assert {found.enrolled_on for found in gathered.values()} == {cohort.starts_on}


def test_a_late_trainee_reads_what_to_do(enrolment, cast):
    with time_machine.travel(TOO_LATE, tick=False):
        page = text_of(cast.client("trainee").get(f"/standing/{enrolment.pk}/"))
    assert f"The time ended on 3 Mar 2028. {ASK}" in page
