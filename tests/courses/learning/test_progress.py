"""Progress over any program whatsoever: whole, never falling, and the same as somebody counts who counts slowly."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.gates import Gates
from courses.curriculum.queries import Outline, OutlineItem
from courses.learning.enums import ItemState
from courses.learning.rules import Calendar, ItemProgress, next_item, progress
from lms.clock.rules import Shift

START = date(2026, 1, 5)
RANKS = {ItemState.LOCKED: 0, ItemState.OPEN: 1, ItemState.IN_PROGRESS: 2, ItemState.DONE: 3}


@st.composite
def gates(draw, numbers: list[int]) -> Gates:
    if draw(st.booleans()):
        return Gates()
    some = st.sampled_from(numbers)
    return Gates(
        after=tuple(draw(st.lists(some, max_size=2, unique=True))),
        on=draw(st.none() | st.dates(START, START + timedelta(20))),
        days=draw(st.none() | st.integers(0, 20)),
        scores=tuple(draw(st.lists(st.tuples(some, st.integers(1, 100)), max_size=1))),
    )


@st.composite
def outlines(draw) -> Outline:
    """Up to four modules of up to four items each, lessons and quizzes, with gates of every kind among them."""
    places: list[tuple[str, int | None]] = []
    for _ in range(draw(st.integers(1, 4))):
        module = len(places) + 1
        places.append(("module", None))
        kinds = draw(st.lists(st.sampled_from(["lesson", "lesson", "quiz"]), max_size=4))
        places += [(kind, module) for kind in kinds]
    numbers = list(range(1, len(places) + 1))
    items = [
        OutlineItem(
            id=number,
            activity_id=number,
            kind=kind,
            parent_id=parent,
            position=number,
            slug=f"s{number}",
            title=f"Item {number}",
            minutes=10,
            topic="",
            is_core=True,
            gates=draw(gates(numbers)),
        )
        for number, (kind, parent) in enumerate(places, start=1)
    ]
    return Outline(1, tuple(items))


calendars = st.builds(
    Calendar,
    today=st.dates(START - timedelta(3), START + timedelta(25)),
    begins_on=st.just(START),
    moved=st.lists(
        st.builds(Shift, since=st.dates(START, START + timedelta(20)), days=st.integers(1, 5)), max_size=2
    ).map(tuple),
)
numbers = st.sets(st.integers(1, 20))
percents = st.dictionaries(st.integers(1, 20), st.integers(0, 100).map(Decimal))


def quizzes(outline: Outline, done: set[int]) -> dict[int, str]:
    return {item.id: "done" for item in outline.items if item.kind == "quiz" and item.id in done}


def lessons(outline: Outline, done: set[int]) -> set[int]:
    return {item.id for item in outline.items if item.kind == "lesson" and item.id in done}


def of(outline: Outline, done: set[int], calendar: Calendar, scores=None) -> dict[int, ItemProgress]:
    return progress(
        outline,
        completed=lessons(outline, done),
        elsewhere=quizzes(outline, done),
        calendar=calendar,
        scores=scores or {},
    )


def percent(found: dict[int, ItemProgress]) -> int:
    counted = [one for one in found.values() if one.item.kind == "lesson"]
    return 100 * sum(one.is_done for one in counted) // len(counted) if counted else 0


@given(outlines(), numbers, calendars, percents)
def test_progress_is_never_more_than_all_of_it(outline, done, calendar, scores):
    found = of(outline, done, calendar, scores)
    assert 0 <= percent(found) <= 100
    assert all(0 <= one.lessons_done <= one.lessons for one in found.values())
    assert all((one.reason != "") == one.is_locked for one in found.values())


@given(outlines(), numbers, numbers, calendars, percents, percents, st.integers(0, 10))
def test_more_evidence_and_later_days_never_take_anything_away(outline, done, more, calendar, scores, better, days):
    before = of(outline, done, calendar, scores)
    risen = {activity: max(scores.get(activity, 0), better.get(activity, 0)) for activity in {*scores, *better}}
    later = calendar._replace(today=calendar.today + timedelta(days))
    after = of(outline, done | more, later, risen)
    assert percent(after) >= percent(before)
    assert all(RANKS[after[number].state] >= RANKS[before[number].state] for number in before)
    assert all(after[number].lessons_done >= before[number].lessons_done for number in before)


@given(outlines(), numbers, calendars, percents)
def test_the_states_are_what_somebody_finds_who_asks_each_gate_by_itself(outline, done, calendar, scores):
    found = of(outline, done, calendar, scores)
    for item in outline.items:
        assert found[item.id].state == slow_state(outline.items, item, done, calendar, scores)


@given(outlines(), numbers, calendars, percents, st.none() | st.integers(1, 20))
def test_what_comes_next_is_open_and_not_done(outline, done, calendar, scores, reading):
    found = of(outline, done, calendar, scores)
    following = next_item(outline, found, reading=reading)
    todo = [one for one in found.values() if one.item.kind != "module" and not one.is_done and not one.is_locked]
    assert (following is None) == (not todo)
    assert following is None or following.id in {one.item.id for one in todo}


# Slowly --------------------------------------------------------------------------------------------------------------


def slow_state(items, item, done, calendar, scores) -> ItemState:
    inside = [one for one in items if one.parent_id == item.id and one.kind == "lesson"]
    if slowly_done(items, item, done):
        return ItemState.DONE
    above = [one for one in items if one.id == item.parent_id]
    if not all(slowly_open(items, one.gates, done, calendar, scores) for one in [item, *above]):
        return ItemState.LOCKED
    return ItemState.IN_PROGRESS if any(one.id in done for one in inside) else ItemState.OPEN


def slowly_done(items, item, done) -> bool:
    inside = [one for one in items if one.parent_id == item.id and one.kind == "lesson"]
    if item.kind == "module":
        return len(inside) > 0 and {one.id for one in inside} <= done
    return item.id in done


def slowly_open(items, gates, done, calendar, scores) -> bool:
    before = [one for one in items if one.id in gates.after]
    return (
        all(slowly_done(items, one, done) for one in before)
        and (gates.on is None or calendar.today >= gates.on)
        and (gates.days is None or calendar.today >= slow_day(calendar, gates.days))
        and all(scores.get(activity, Decimal(-1)) >= percent for activity, percent in gates.scores)
    )


def slow_day(calendar: Calendar, days: int) -> date:
    """Day by day from the start; a delay that has begun by the day so far adds its own."""
    day = calendar.begins_on
    for _ in range(days):
        day += timedelta(1)
    for since, more in sorted((shift.since, shift.days) for shift in calendar.moved):
        if since <= day:
            for _ in range(more):
                day += timedelta(1)
    return day
