"""The arithmetic: every approved minute once, in the right month and week."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.exports.totals import (
    approved_by_category,
    by_category,
    by_month,
    by_signer,
    by_week,
    minutes_of,
    monday_of,
)
from tests.supervision.exports.making import CATEGORIES, entry, log, signature

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)).map(lambda at: at.replace(tzinfo=UTC))
ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(1, 10**6),
        st.sampled_from(list(CATEGORIES)),
        at=MOMENTS,
        minutes=st.integers(1, 720),
        by=st.sampled_from([signature("Samuel Rivera"), signature("Miriam Adler")]),
        state=st.sampled_from(["Approved", "Waiting for review", "Returned"]),
        is_group=st.booleans(),
    ),
    max_size=30,
)
ZONES = st.sampled_from(["America/Denver", "Pacific/Auckland", "UTC", "Pacific/Honolulu"])


@given(ENTRIES, ZONES)
def test_every_approved_minute_is_counted_once_everywhere(entries, zone):
    made = log(*entries, zone=zone)
    approved = minutes_of(made.approved)
    assert sum(amount for _, amount in approved_by_category(made)) == approved
    assert sum(row.approved + row.waiting + row.other for row in by_category(made)) == minutes_of(entries)
    assert sum(month.together for month in by_month(made)) == approved
    assert sum(week.together for week in by_week(made)) == approved
    assert sum(minutes_of(one.entries) for one in by_signer(made)) == approved


@given(ENTRIES, ZONES)
def test_weeks_follow_each_other_from_monday_and_run_up(entries, zone):
    weeks = by_week(log(*entries, zone=zone))
    assert all(week.monday.weekday() == 0 for week in weeks)
    for earlier, later in itertools.pairwise(weeks):
        assert later.monday - earlier.monday == timedelta(days=7)
        assert later.running_together == earlier.running_together + later.together
    if weeks:
        assert weeks[0].together
        assert weeks[-1].together


@pytest.mark.parametrize(
    ("at", "zone", "monday"),
    [
        (datetime(2026, 3, 9, 5, 59, tzinfo=UTC), "America/Denver", date(2026, 3, 2)),  # Sunday, 23:59
        (datetime(2026, 3, 9, 6, 0, tzinfo=UTC), "America/Denver", date(2026, 3, 9)),  # Monday, 00:00
        (datetime(2026, 3, 9, 5, 59, tzinfo=UTC), "UTC", date(2026, 3, 9)),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC", date(2026, 12, 28)),
    ],
)
def test_a_week_begins_on_monday_at_midnight_in_the_trainees_zone(at, zone, monday):
    assert [week.monday for week in by_week(log(entry(at=at), zone=zone))] == [monday]


def test_months_are_those_of_the_trainees_zone():
    made = log(entry(at=datetime(2026, 4, 1, 3, tzinfo=UTC)))
    assert [month.first for month in by_month(made)] == [date(2026, 3, 1)]


def test_monday_is_its_own_monday():
    assert monday_of(date(2026, 3, 9)) == date(2026, 3, 9)
    assert monday_of(date(2026, 3, 15)) == date(2026, 3, 9)


def test_each_part_has_its_column():
    week, *_ = by_week(
        log(
            entry(1, "Preparation session", minutes=1, at=datetime(2026, 3, 3, 16, tzinfo=UTC)),
            entry(2, "Live observation", minutes=2, at=datetime(2026, 3, 3, 18, tzinfo=UTC)),
            entry(3, "Role-play", minutes=4, at=datetime(2026, 3, 3, 19, tzinfo=UTC)),
            entry(4, "Notes", minutes=8, at=datetime(2026, 3, 3, 20, tzinfo=UTC)),
            entry(5, "Individual supervision", minutes=16, at=datetime(2026, 3, 3, 21, tzinfo=UTC)),
            entry(6, "Individual supervision", minutes=32, at=datetime(2026, 3, 3, 22, tzinfo=UTC), is_group=True),
        )
    )
    assert week.minutes == {"direct": 1, "observed": 2, "simulated": 4, "indirect": 8, "individual": 16, "group": 32}


def test_a_supervisor_stands_with_every_name_and_qualification_she_signed_under():
    first = signature("Miriam Adler", qualifications="LPC 1, Colorado")
    later = signature("Miriam Adler", at=datetime(2026, 11, 1, tzinfo=UTC), qualifications="PsyD 2, Utah")
    married = type(later)(**{**vars(later), "printed_name": "Miriam Stone"})
    (one,) = by_signer(log(entry(2, by=married), entry(1, by=first)))
    assert one.names == ("Miriam Adler", "Miriam Stone")
    assert one.qualifications == ("LPC 1, Colorado", "PsyD 2, Utah")
    assert [piece.number for piece in one.entries] == [1, 2]
