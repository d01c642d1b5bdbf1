"""The rules of practice of a standard, each at its boundary: the last day, the last minute, midnight, a clock change."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.standards.contract import Category
from courses.standards.practice import Lesson, Limit, PracticeRules, TrainingFirst, ValidOnTheDay
from supervision.rules import Flag, Problem, flags_of, minutes_between, problems_of, weeks_of
from supervision.rules.visit import (
    Surroundings,
    Visit,
    approver_is_one_of_the_categorys,
    group_has_its_size,
    group_is_not_too_large,
    touch_was_agreed_before,
    training_came_first,
    visit_is_logged_in_time,
    visit_is_not_too_old,
    week_holds_no_more_than_the_cap,
    years_before,
)
from tests.factories.supervision import CATEGORIES

DENVER = "America/Denver"
NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
VISIT = Visit(
    on=date(2026, 3, 10),
    starts_at=time(9, 0),
    time_zone=DENVER,
    category_key="observation-live",
    role="observer",
    segments=(("dosing", 60),),
)
AROUND = Surroundings(
    now=NOW,
    enrolled_on=date(2020, 1, 5),
    enrolment_state="active",
    placement_starts=date(2020, 3, 2),
    placement_ends=None,
    categories={category.key: category for category in CATEGORIES},
    own_codes=frozenset(),
    zone=DENVER,
)


def around(practice=None, **fields):
    return replace(AROUND, practice=practice or PracticeRules(), **fields)


def at(*parts, zone=DENVER):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


# Late entries ---------------------------------------------------------------------------------------------------------

LATE = "Logged 15 days after the visit. Your standard asks for it within 14 days."


@pytest.mark.parametrize(
    ("logged_at", "sentence"),
    [
        (at(2026, 3, 10, 11), ""),
        (at(2026, 3, 24, 0), ""),
        (at(2026, 3, 24, 23, 59), ""),
        (at(2026, 3, 25, 0), LATE),
        (at(2026, 3, 25, 0) - timedelta(microseconds=1), ""),
    ],
)
def test_the_last_day_to_log_ends_at_midnight_where_the_visit_took_place(logged_at, sentence):
    assert visit_is_logged_in_time(VISIT, around(PracticeRules(back_dating=Limit(14)), logged_at=logged_at)) == sentence


def test_the_day_of_logging_is_that_of_the_visits_zone_and_a_later_review_makes_nothing_late():
    practice = PracticeRules(back_dating=Limit(1))
    tokyo = replace(VISIT, time_zone="Asia/Tokyo")
    moment = at(2026, 3, 11, 23, zone="Asia/Tokyo")
    assert visit_is_logged_in_time(tokyo, around(practice, logged_at=moment)) == ""
    assert visit_is_logged_in_time(tokyo, around(practice, logged_at=moment + timedelta(hours=1))) != ""
    assert visit_is_logged_in_time(VISIT, around(practice, logged_at=at(2026, 3, 11, 9), now=NOW)) == ""
    assert visit_is_logged_in_time(VISIT, around(practice)) != ""


# The weekly cap -------------------------------------------------------------------------------------------------------

MONDAY = date(2026, 3, 9)
CAP = PracticeRules(weekly=Limit(120))


def span(*parts, minutes, zone=DENVER):
    began = at(*parts, zone=zone)
    return began, began + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("near", "is_above"),
    [
        ((), False),
        ((span(2026, 3, 11, 9, minutes=60),), False),
        ((span(2026, 3, 11, 9, minutes=61),), True),
        ((span(2026, 3, 15, 23, minutes=60),), False),
        ((span(2026, 3, 15, 23, minutes=600),), False),
        ((span(2026, 3, 15, 22, 59, minutes=600),), True),
        ((span(2026, 3, 8, 23, minutes=120),), False),
        ((span(2026, 3, 8, 23, minutes=121),), True),
        ((span(2026, 3, 16, 0, minutes=600),), False),
        ((span(2026, 3, 8, 12, minutes=600),), False),
    ],
)
def test_a_week_holds_so_many_minutes_and_a_visit_over_midnight_belongs_to_both(near, is_above):
    assert bool(week_holds_no_more_than_the_cap(VISIT, around(CAP, near=near))) == is_above


def test_the_sentence_names_the_week_and_the_sum():
    sentence = week_holds_no_more_than_the_cap(VISIT, around(CAP, near=(span(2026, 3, 11, 9, minutes=75),)))
    assert sentence == "This makes 2 h 15 min in the week from 9 Mar 2026. Your standard has a cap of 2 h."


def test_the_week_goes_by_the_trainees_zone_wherever_the_visit_took_place():
    sunday_evening = replace(VISIT, on=date(2026, 3, 16), starts_at=time(8), time_zone="Asia/Tokyo")
    full = (span(2026, 3, 11, 9, minutes=61),)
    assert sunday_evening.began_at == at(2026, 3, 15, 17)
    assert week_holds_no_more_than_the_cap(sunday_evening, around(CAP, near=full)) != ""
    assert week_holds_no_more_than_the_cap(sunday_evening, around(CAP, near=full, zone="Asia/Tokyo")) == ""


@pytest.mark.parametrize(
    ("began", "monday", "hours"),
    [
        (at(2026, 3, 8, 12), date(2026, 3, 2), 167),  # clocks go forward in Denver on 8 March 2026
        (at(2026, 11, 1, 12), date(2026, 10, 26), 169),  # and back on 1 November
        (at(2026, 6, 3, 12), date(2026, 6, 1), 168),
    ],
)
def test_a_week_with_a_clock_change_is_as_long_as_it_is(began, monday, hours):
    [(found, start, end)] = weeks_of(began, began + timedelta(hours=1), ZoneInfo(DENVER))
    assert (found, (end - start) / timedelta(hours=1)) == (monday, hours)


def test_a_visit_over_sunday_midnight_touches_two_weeks_and_one_that_ends_at_midnight_does_not():
    weeks = lambda minutes: [week[0] for week in weeks_of(*span(2026, 3, 15, 23, minutes=minutes), ZoneInfo(DENVER))]  # noqa: E731
    assert weeks(60) == [date(2026, 3, 9)]
    assert weeks(61) == [date(2026, 3, 9), date(2026, 3, 16)]


@given(
    began=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(1, 720),
    zone=st.sampled_from([DENVER, "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo"]),
)
def test_the_weeks_of_a_span_cover_it_without_gap(began, minutes, zone):
    ended = began + timedelta(minutes=minutes)
    weeks = weeks_of(began, ended, ZoneInfo(zone))
    assert weeks[0][1] <= began < ended <= weeks[-1][2]
    assert all(before[2] == after[1] for before, after in itertools.pairwise(weeks))


# The rest -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "is_old"), [(date(2021, 3, 31), False), (date(2021, 3, 30), True)])
def test_the_same_day_so_many_years_ago_is_still_in_time(on, is_old):
    visit = replace(VISIT, on=on)
    assert bool(visit_is_not_too_old(visit, around(PracticeRules(look_back=Limit(5))))) == is_old


def test_years_before_a_leap_day():
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("form", "size", "no_size", "too_large"),
    [
        ("group", None, True, False),
        ("group", 6, False, False),
        ("group", 7, False, True),
        ("individual", 7, False, False),
    ],
)
def test_a_group_names_its_size_and_keeps_to_the_most(form, size, no_size, too_large):
    visit = replace(VISIT, format=form, group_size=size)
    assert bool(group_has_its_size(visit, AROUND)) == no_size
    assert bool(group_is_not_too_large(visit, around(PracticeRules(group_size=Limit(6))))) == too_large


@pytest.mark.parametrize(
    ("completed_at", "starts"),
    [
        (None, "“Ethics” has to be completed"),
        (VISIT.began_at, ""),
        (VISIT.began_at + timedelta(seconds=1), "“Ethics” was completed on 10 Mar 2026, after"),
    ],
)
def test_training_comes_before_the_first_minute(completed_at, starts):
    sentence = training_came_first(VISIT, around(training=(("Ethics", completed_at),)))
    assert sentence.startswith(starts)
    assert bool(sentence) == bool(starts)


@pytest.mark.parametrize("qualification", ["licence", "consultant", "bls"])
def test_the_supervisors_papers_are_asked_for_only_where_the_standard_does(qualification):
    practice = PracticeRules(supervisor=(ValidOnTheDay(qualification),))
    assert [flag.rule for flag in flags_of(VISIT, around(practice))] == [qualification]
    assert flags_of(VISIT, around(practice, valid=frozenset({qualification}))) == []
    assert flags_of(VISIT, AROUND) == []


@pytest.mark.parametrize(
    ("used", "agreed", "is_flagged"), [(False, False, False), (True, True, False), (True, False, True)]
)
def test_touch_without_prior_consent_is_flagged_and_never_refused(used, agreed, is_flagged):
    visit = replace(VISIT, touch_used=used, touch_agreed_before=agreed)
    assert bool(touch_was_agreed_before(visit, AROUND)) == is_flagged
    assert [flag.rule for flag in flags_of(visit, AROUND)] == ["touch"] * is_flagged
    assert problems_of(visit, AROUND) == []


def test_a_category_is_approved_by_those_it_names():
    category = Category("observation-live", "Live observation", "observed", False, approvers=("faculty", "consultant"))
    here = replace(AROUND, categories={"observation-live": category})
    assert approver_is_one_of_the_categorys(VISIT, here) == (
        "Live observation is approved by a faculty or approved consultant. "
        "Choose a placement with one, or ask your program director."
    )
    assert approver_is_one_of_the_categorys(VISIT, replace(here, approves_as=frozenset({"faculty"}))) == ""
    assert approver_is_one_of_the_categorys(VISIT, AROUND) == ""


EVERY = {
    "back_dating": (PracticeRules(back_dating=Limit(1)), {}, "on"),
    "weekly": (PracticeRules(weekly=Limit(60)), {"near": (span(2026, 3, 11, 9, minutes=1),)}, "minutes_1"),
    "look_back": (PracticeRules(look_back=Limit(1)), {"now": datetime(2028, 1, 1, tzinfo=UTC)}, "on"),
    "training": (
        PracticeRules(training=TrainingFirst((Lesson("k", "Ethics"),))),
        {"training": (("Ethics", None),)},
        "on",
    ),
    "licence": (PracticeRules(supervisor=(ValidOnTheDay("licence"),)), {}, "placement"),
    "consultant": (PracticeRules(supervisor=(ValidOnTheDay("consultant"),)), {}, "placement"),
    "bls": (PracticeRules(supervisor=(ValidOnTheDay("bls"),)), {}, "placement"),
    "group_size": (PracticeRules(group_size=Limit(2)), {}, "group_size"),
}


def answering(practice, answer):
    changed = {
        name: replace(rule, answer=answer)
        for name in ("back_dating", "weekly", "look_back", "group_size", "training")
        if (rule := getattr(practice, name))
    }
    supervisor = tuple(replace(rule, answer=answer) for rule in practice.supervisor)
    return replace(practice, supervisor=supervisor, **changed)


@pytest.mark.parametrize("name", EVERY)
def test_each_rule_refuses_or_flags_with_one_and_the_same_sentence(name):
    practice, fields, field = EVERY[name]
    visit = replace(VISIT, format="group", group_size=3) if name == "group_size" else VISIT
    flagged = around(answering(practice, "flag"), **fields)
    refused = around(answering(practice, "refuse"), **fields)
    [flag] = flags_of(visit, flagged)
    assert flag.rule == name
    assert problems_of(visit, flagged) == []
    assert problems_of(visit, refused) == [Problem(field, flag.sentence)]
    assert flags_of(visit, refused) == []
    assert isinstance(flag, Flag)


@pytest.mark.parametrize(
    ("on", "start", "end", "minutes"),
    [
        (date(2026, 6, 1), time(9), time(10, 30), 90),
        (date(2026, 6, 1), time(23), time(1), 120),
        (date(2026, 6, 1), time(9), time(9), 1440),
        (date(2026, 3, 8), time(1), time(4), 120),  # an hour that was not there
        (date(2026, 11, 1), time(0, 30), time(3), 210),  # an hour that was there twice
        (date(2026, 3, 7), time(23), time(3), 180),
    ],
)
def test_minutes_from_start_to_end_are_those_that_passed(on, start, end, minutes):
    assert minutes_between(on, start, end, DENVER) == minutes
