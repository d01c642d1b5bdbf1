"""The one deadline clock: due days, their end, and the adjustments that move them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.audit.models import AuditEntry
from lms.clock.actions import adjust_deadlines
from lms.clock.models import Adjustment, Cause
from lms.clock.queries import due_date_for, shifts_by_cohort, shifts_for
from lms.clock.rules import Shift, due_date, end_of_day
from lms.errors import Refusal

START = date(2026, 3, 1)
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("days", "shifts", "due"),
    [
        (0, [], date(2026, 3, 1)),
        (14, [], date(2026, 3, 15)),
        (365, [], date(2027, 3, 1)),
        (14, [(date(2026, 3, 5), 7)], date(2026, 3, 22)),
        (14, [(date(2026, 3, 15), 7)], date(2026, 3, 22)),  # begins on the last day: still counts
        (14, [(date(2026, 3, 16), 7)], date(2026, 3, 15)),  # begins after the deadline: does not reopen it
        (14, [(date(2026, 2, 1), 7)], date(2026, 3, 22)),
        (14, [(date(2026, 3, 5), 7), (date(2026, 3, 5), 3)], date(2026, 3, 25)),
        (14, [(date(2026, 3, 5), 7), (date(2026, 3, 20), 3)], date(2026, 3, 25)),  # the first makes room for the second
        (14, [(date(2026, 3, 20), 3), (date(2026, 3, 5), 7)], date(2026, 3, 25)),  # in whatever order they come
        (14, [(date(2026, 3, 5), 2), (date(2026, 3, 20), 3)], date(2026, 3, 17)),
        (364, [(date(2026, 12, 30), 366)], date(2028, 2, 29)),
    ],
)
def test_the_day_on_which_something_is_due(days, shifts, due):
    assert due_date(START, days, [Shift(*shift) for shift in shifts]) == due


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 1, 31), "UTC", "2026-01-31T23:59:59.999999+00:00"),
        (date(2026, 1, 31), "America/Denver", "2026-02-01T06:59:59.999999+00:00"),
        (date(2026, 3, 7), "America/Denver", "2026-03-08T06:59:59.999999+00:00"),  # the day before clocks go forward
        (date(2026, 3, 8), "America/Denver", "2026-03-09T05:59:59.999999+00:00"),  # a day of 23 hours
        (date(2026, 10, 31), "America/Denver", "2026-11-01T05:59:59.999999+00:00"),
        (date(2026, 11, 1), "America/Denver", "2026-11-02T06:59:59.999999+00:00"),  # a day of 25 hours
        (date(2026, 4, 24), "Africa/Cairo", "2026-04-24T20:59:59.999999+00:00"),  # clocks go forward at midnight
        (date(2026, 4, 23), "Africa/Cairo", "2026-04-23T21:59:59.999999+00:00"),  # ... so the next day has no 0:00
        (date(2026, 7, 1), "Asia/Kathmandu", "2026-07-01T18:14:59.999999+00:00"),
    ],
)
def test_a_deadline_ends_with_the_local_day(day, zone, instant):
    end = end_of_day(day, ZoneInfo(zone)).astimezone(UTC)
    assert end == datetime.fromisoformat(instant)


days = st.integers(0, 800)
some_dates = st.dates(date(2025, 1, 1), date(2028, 1, 1))
some_shifts = st.lists(st.builds(Shift, since=some_dates, days=st.integers(1, 60)), max_size=5)


@settings(max_examples=100, deadline=None)
@given(some_dates, days, some_shifts, st.randoms())
def test_shifts_only_ever_give_time_and_their_order_does_not_matter(start, days, shifts, random):
    due = due_date(start, days, shifts)
    plain = start + timedelta(days=days)
    assert plain <= due <= plain + timedelta(days=sum(shift.days for shift in shifts))
    random.shuffle(shifts)
    assert due_date(start, days, shifts) == due


@settings(max_examples=60, deadline=None)
@given(some_dates, days, some_shifts, st.builds(Shift, since=some_dates, days=st.integers(1, 60)))
def test_one_more_shift_never_takes_time_away(start, days, shifts, another):
    assert due_date(start, days, [*shifts, another]) >= due_date(start, days, shifts)


@example(date(2025, 10, 30), "Africa/Cairo")  # the clocks go back at midnight: its last hour comes twice
@settings(max_examples=60, deadline=None)
@given(some_dates, st.sampled_from(["America/Denver", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]))
def test_the_last_instant_lies_in_its_day_and_the_next_one_does_not(day, zone):
    end = end_of_day(day, ZoneInfo(zone)).astimezone(UTC)
    assert end.astimezone(ZoneInfo(zone)).date() == day
    assert (end + timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() > day


# Adjustments --------------------------------------------------------------------------------------------------------


def test_a_person_gets_her_own_days_and_those_of_her_cohort(cast):
    adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee, reason="Ill")
    adjust_deadlines(cause=Cause.COHORT_DELAY, since=START, days=5, by=cast.director, cohort_id=4)
    adjust_deadlines(cause=Cause.LEAVE, since=START, days=9, by=cast.director, person=cast.other_trainee)
    adjust_deadlines(cause=Cause.OUTAGE, since=START, days=11, by=None, cohort_id=5)

    def due(person, cohort_id):
        return due_date_for(person_id=person.pk, cohort_id=cohort_id, start=START, days=10)

    assert due(cast.trainee, 4) == date(2026, 3, 19)
    assert due(cast.trainee, None) == date(2026, 3, 14)
    assert due(cast.other_trainee, 5) == date(2026, 3, 31)
    assert due(cast.supervisor, None) == date(2026, 3, 11)


def test_shifts_are_found_with_one_query(cast, django_assert_num_queries):
    for _ in range(3):
        adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee)
    with django_assert_num_queries(1):
        assert shifts_for(person_id=cast.trainee.pk, cohort_id=4) == [Shift(START, 3)] * 3


def test_an_adjustment_is_audited_without_its_reason(cast):
    row = adjust_deadlines(
        cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee, reason="Her mother is ill"
    )
    entry = AuditEntry.objects.get(action="clock.adjustment.made")
    assert (entry.actor, entry.object_id) == (cast.director, str(row.pk))
    assert entry.data == {"cause": "leave", "since": "2026-03-01", "days": 3, "cohort": None}


def test_a_rolled_back_adjustment_leaves_nothing(cast):
    with transaction.atomic():
        adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee)
        transaction.set_rollback(True)
    assert (Adjustment.objects.count(), AuditEntry.objects.filter(action="clock.adjustment.made").count()) == (0, 0)


@pytest.mark.parametrize("days", [0, -1, 731])
def test_days_have_their_limits(cast, days):
    with pytest.raises(Refusal, match="between 1 and 730"):
        adjust_deadlines(cause=Cause.LEAVE, since=START, days=days, by=cast.director, person=cast.trainee)


def test_an_adjustment_is_for_a_person_or_for_a_cohort(cast):
    with pytest.raises(Refusal, match="for a person or for a cohort"):
        adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.create(cause=Cause.LEAVE, since=START, days=3)


def test_days_of_a_person_in_one_cohort_reach_nobody_else_and_no_other_cohort(cast):
    adjust_deadlines(cause=Cause.PAUSE, since=START, days=7, by=cast.director, person=cast.trainee, cohort_id=4)
    found = {
        (who, cohort): shifts_for(person_id=getattr(cast, who).pk, cohort_id=cohort)
        for who in ("trainee", "other_trainee")
        for cohort in (4, 5, None)
    }
    assert {key for key, shifts in found.items() if shifts} == {("trainee", 4)}


def test_the_shifts_of_several_cohorts_are_found_with_one_query(cast, django_assert_num_queries):
    adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee)
    adjust_deadlines(cause=Cause.COHORT_DELAY, since=START, days=5, by=cast.director, cohort_id=4)
    adjust_deadlines(cause=Cause.PAUSE, since=START, days=7, by=cast.director, person=cast.trainee, cohort_id=5)
    adjust_deadlines(cause=Cause.PAUSE, since=START, days=9, by=cast.director, person=cast.other_trainee, cohort_id=5)
    with django_assert_num_queries(1):
        found = shifts_by_cohort(person_id=cast.trainee.pk, cohort_ids=[4, 5, 6])
    assert {cohort: sorted(shift.days for shift in shifts) for cohort, shifts in found.items()} == {
        4: [3, 5],
        5: [3, 7],
        6: [3],
    }
    assert all(
        sorted(shifts, key=lambda shift: shift.days)
        == sorted(shifts_for(person_id=cast.trainee.pk, cohort_id=cohort), key=lambda shift: shift.days)
        for cohort, shifts in found.items()
    )


def test_an_adjustment_is_never_changed(cast):
    row = adjust_deadlines(cause=Cause.LEAVE, since=START, days=3, by=cast.director, person=cast.trainee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(days=30)
