"""The weekly ratio: worked by hand at its boundaries, and against an independent count minute by minute."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.sessions.ratio import Ratio, Week, WeekState, due_until, judge_weeks, local_day, week_of

MONDAY = date(2026, 9, 7)
HOUR_FOR_FIVE = Ratio(supervision=60, practice=300)


def week(number, practised=0, supervised=0, cancelled=False):
    return Week(MONDAY + timedelta(weeks=number), practised, supervised, cancelled)


def day_of(number, weekday=0):
    return MONDAY + timedelta(weeks=number, days=weekday)


def states(weeks, ratio=HOUR_FOR_FIVE, *, today):
    return [(one.due, one.paid, one.state.value) for one in judge_weeks(weeks, ratio, today=today)]


@pytest.mark.parametrize(
    ("practised", "due"), [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2), (299, 60), (300, 60), (301, 61), (600, 120)]
)
def test_a_started_minute_is_due(practised, due):
    assert HOUR_FOR_FIVE.due_for(practised) == due


@pytest.mark.parametrize(("supervised", "state"), [(59, "failed"), (60, "kept"), (61, "kept"), (0, "failed")])
def test_a_week_is_kept_to_the_minute(supervised, state):
    [(_, paid, found)] = states([week(0, 300, supervised)], today=day_of(1))
    assert (paid, found) == (min(supervised, 60), state)


@pytest.mark.parametrize(("today", "state"), [(day_of(0, 6), "open"), (day_of(1), "failed")])
def test_sunday_still_belongs_to_the_week_and_monday_does_not(today, state):
    assert states([week(0, 300, 20)], today=today) == [(60, 20, state)]


@pytest.mark.parametrize(
    ("make_up", "today", "state", "last_day"),
    [
        (1, day_of(0, 6), "open", day_of(1, 6)),
        (1, day_of(1), "make_up", day_of(1, 6)),
        (1, day_of(1, 6), "make_up", day_of(1, 6)),
        (1, day_of(2), "failed", None),
        (3, day_of(3, 6), "make_up", day_of(3, 6)),
        (3, day_of(4), "failed", None),
    ],
)
def test_what_is_missing_can_be_made_up_in_so_many_weeks(make_up, today, state, last_day):
    [one] = judge_weeks([week(0, 300, 20)], Ratio(60, 300, make_up), today=today)
    assert (one.state.value, one.last_day, one.left) == (state, last_day, 40)


def test_supervision_pays_the_oldest_week_first_and_nothing_ahead():
    weeks = [week(0, 300, 0), week(1, 300, 90), week(2, 0, 500), week(3, 300, 0)]
    found = judge_weeks(weeks, Ratio(60, 300, 1), today=day_of(3, 2))
    assert [(one.paid, one.state.value, one.was_made_up) for one in found] == [
        (60, "kept", True),
        (60, "kept", True),
        (0, "open", False),
    ]


def test_what_comes_after_the_weeks_to_make_it_up_no_longer_helps():
    assert states([week(0, 300), week(1), week(2, 0, 60)], Ratio(60, 300, 1), today=day_of(2)) == [(60, 0, "failed")]


@pytest.mark.parametrize(
    ("weeks", "ratio", "today", "expected"),
    [
        # Without a time to make up, a week that the supervisor cancelled waits for the next one.
        ([week(0, 300, 0, True)], Ratio(60, 300), day_of(1, 3), [(60, 0, "make_up")]),
        ([week(0, 300, 0, True), week(1, 0, 60)], Ratio(60, 300), day_of(2), [(60, 60, "kept")]),
        ([week(0, 300, 0, True), week(1)], Ratio(60, 300), day_of(2), [(60, 0, "failed")]),
        # Cancelled again: again a week.
        ([week(0, 300, 0, True), week(1, 0, 0, True)], Ratio(60, 300), day_of(2), [(60, 0, "make_up")]),
        # A cancellation while it is being made up gives a week more.
        ([week(0, 300), week(1, 0, 0, True)], Ratio(60, 300, 1), day_of(2), [(60, 0, "make_up")]),
        ([week(0, 300), week(1, 0, 0, True)], Ratio(60, 300, 1), day_of(3), [(60, 0, "failed")]),
        # It brings back nothing that has failed already.
        ([week(0, 300), week(1), week(2, 0, 60, True)], Ratio(60, 300, 1), day_of(3), [(60, 0, "failed")]),
        # The session that took place nevertheless counts.
        ([week(0, 300, 60, True)], Ratio(60, 300), day_of(1), [(60, 60, "kept")]),
    ],
)
def test_a_session_that_the_supervisor_cancelled_costs_the_trainee_nothing(weeks, ratio, today, expected):
    assert states(weeks, ratio, today=today) == expected


def test_a_week_without_practice_asks_for_nothing_and_the_future_is_not_judged():
    assert judge_weeks([week(0, 0, 30), week(2, 300, 0)], HOUR_FOR_FIVE, today=day_of(1)) == []
    assert judge_weeks([], HOUR_FOR_FIVE, today=MONDAY) == []


def test_what_is_due_by_sunday_is_what_cannot_wait_longer():
    found = judge_weeks([week(0, 300, 20), week(1, 100, 0)], Ratio(60, 300, 1), today=day_of(1, 2))
    assert [(one.left, one.last_day) for one in found] == [(40, day_of(1, 6)), (20, day_of(2, 6))]
    assert (due_until(found, day_of(1, 6)), due_until(found, day_of(2, 6))) == (40, 60)


def test_a_week_begins_on_monday():
    assert [week_of(MONDAY + timedelta(days=n)) for n in (-1, 0, 6, 7)] == [
        MONDAY - timedelta(weeks=1),
        MONDAY,
        MONDAY,
        MONDAY + timedelta(weeks=1),
    ]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        # The last minute of Sunday and the first of Monday, in Denver, before and after the clocks change on 1 Nov 2026.
        (datetime(2026, 10, 26, 5, 59, tzinfo=UTC), "America/Denver", date(2026, 10, 25)),
        (datetime(2026, 10, 26, 6, 0, tzinfo=UTC), "America/Denver", date(2026, 10, 26)),
        (datetime(2026, 11, 2, 6, 59, tzinfo=UTC), "America/Denver", date(2026, 11, 1)),
        (datetime(2026, 11, 2, 7, 0, tzinfo=UTC), "America/Denver", date(2026, 11, 2)),
        (datetime(2026, 11, 2, 6, 59, tzinfo=UTC), "Pacific/Auckland", date(2026, 11, 2)),
    ],
)
def test_the_day_is_the_trainees_own_also_when_the_clocks_change(moment, zone, day):
    assert local_day(moment, zone) == day


WEEKS = st.lists(
    st.builds(
        week,
        number=st.integers(0, 9),
        practised=st.sampled_from([0, 0, 1, 45, 150, 300, 301, 900]),
        supervised=st.sampled_from([0, 0, 1, 30, 50, 60, 120]),
        cancelled=st.sampled_from([False, False, False, True]),
    ),
    max_size=14,
)
RATIOS = st.builds(Ratio, st.sampled_from([12, 50, 60]), st.sampled_from([60, 300, 600]), st.integers(0, 3))


def recount(weeks, ratio, today):
    """Minute by minute, day by day: each minute of supervision pays one minute of the oldest week that may still be paid."""
    mondays = sorted({one.monday for one in weeks if one.monday <= today})
    cancelled = {one.monday for one in weeks if one.is_cancelled}
    owed = {}
    for monday in mondays:
        practised = sum(one.practised for one in weeks if one.monday == monday)
        if practised:
            owed[monday] = ceil(Fraction(practised * ratio.supervision, ratio.practice))
    due = dict(owed)

    def is_over(monday, day):
        """No day is left on `day`: the Mondays that count, from its own on, are more than the weeks to make it up."""
        ended = [monday + timedelta(weeks=n) for n in range(60) if monday + timedelta(weeks=n + 1) <= day]
        return sum(1 for one in ended if one not in cancelled) > ratio.make_up_weeks

    for monday in mondays:
        for _ in range(sum(one.supervised for one in weeks if one.monday == monday)):
            payable = [one for one in sorted(owed) if one <= monday and owed[one] and not is_over(one, monday)]
            if payable:
                owed[payable[0]] -= 1
    result = []
    for monday in sorted(owed):
        if not owed[monday]:
            state = "kept"
        elif is_over(monday, today):
            state = "failed"
        else:
            state = "open" if monday + timedelta(weeks=1) > today else "make_up"
        result.append((due[monday], due[monday] - owed[monday], state))
    return result


@settings(max_examples=200, deadline=None)
@given(weeks=WEEKS, ratio=RATIOS, today=st.integers(0, 85), order=st.randoms(use_true_random=False))
def test_an_independent_count_finds_the_same_whatever_the_order(weeks, ratio, today, order):
    day = MONDAY + timedelta(days=today)
    found = states(weeks, ratio, today=day)
    assert found == recount(weeks, ratio, day)
    shuffled = list(weeks)
    order.shuffle(shuffled)
    assert states(shuffled, ratio, today=day) == found


@settings(max_examples=200, deadline=None)
@given(weeks=WEEKS, ratio=RATIOS, today=st.integers(0, 85), more=st.integers(0, 9))
def test_more_supervision_another_cancellation_or_more_time_never_makes_it_worse(weeks, ratio, today, more):
    """Not week by week, for minutes go to the oldest first: what is paid in all never becomes less."""
    day = MONDAY + timedelta(days=today)
    paid = lambda weeks, ratio=ratio: sum(one.paid for one in judge_weeks(weeks, ratio, today=day))  # noqa: E731
    before = paid(weeks)
    assert paid([*weeks, week(more, 0, 60)]) >= before
    assert paid([*weeks, week(more, 0, 0, True)]) >= before
    longer = Ratio(ratio.supervision, ratio.practice, ratio.make_up_weeks + 1)
    assert paid(weeks, longer) >= before


@settings(max_examples=200, deadline=None)
@given(weeks=WEEKS, ratio=RATIOS, today=st.integers(0, 85))
def test_nothing_is_paid_twice_and_every_state_says_what_it_means(weeks, ratio, today):
    day = MONDAY + timedelta(days=today)
    found = judge_weeks(weeks, ratio, today=day)
    assert sum(one.paid for one in found) <= sum(one.supervised for one in weeks if one.monday <= day)
    for one in found:
        assert 0 <= one.paid <= one.due
        assert (one.left == 0) == (one.state == WeekState.KEPT)
        assert (one.last_day is not None) == (one.state in (WeekState.OPEN, WeekState.MAKE_UP))
        assert one.last_day is None or one.last_day >= day
