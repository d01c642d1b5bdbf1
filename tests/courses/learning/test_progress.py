"""Progress over any program whatsoever: whole, never falling, and the same as somebody counts who counts slowly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.enums import CompletedBy
from courses.curriculum.gates import Gates
from courses.curriculum.queries import Outline, OutlineItem
from courses.learning.asking import Given, share_of
from courses.learning.enums import ItemState
from courses.learning.queries import Journey
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
    """Up to four modules of up to four items each, of every kind, with gates of every kind among them."""
    places: list[tuple[str, int | None]] = []
    for _ in range(draw(st.integers(1, 4))):
        module = len(places) + 1
        places.append(("module", None))
        kinds = draw(st.lists(st.sampled_from(["lesson", "lesson", "quiz", "assignment"]), max_size=4))
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


def others(outline: Outline, done: set[int]) -> dict[int, str]:
    return {item.id: "done" for item in outline.items if item.kind in ("quiz", "assignment") and item.id in done}


def lessons(outline: Outline, done: set[int]) -> set[int]:
    return {item.id for item in outline.items if item.kind == "lesson" and item.id in done}


def of(outline: Outline, done: set[int], calendar: Calendar, scores=None) -> dict[int, ItemProgress]:
    return progress(
        outline,
        completed=lessons(outline, done),
        elsewhere=others(outline, done),
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


# From what she gives ---------------------------------------------------------------------------------------------------


PASS = 80
Asked = Mapping[int, tuple[CompletedBy, dict[str, dict]]]  # by lesson: its rule and its blocks
blocks = st.dictionaries(
    st.sampled_from("abc"),
    st.sampled_from(
        [{"type": "check"}, {"type": "attestation", "key": "touch"}, {"type": "attestation", "key": "fees"}]
    ),
)
few = st.integers(2, 6)  # so that what is asked and what is given meet
rules = st.dictionaries(few, st.tuples(st.sampled_from(CompletedBy), blocks))
places = st.sets(st.tuples(few, st.sampled_from("abc")), max_size=30)
statements = st.sets(st.tuples(few, st.sampled_from(["touch", "fees"])), max_size=30)


@dataclass(frozen=True)
class Evidence:
    """What one trainee has done, by the numbers of activities: `finished` are lessons at whose foot she pressed the button."""

    finished: set[int]
    answered: set[tuple[int, str]]
    signed: set[tuple[int, str]]
    scores: dict[int, Decimal]
    handed_in: set[int]
    accepted: set[int]

    def with_more(self, more: "Evidence") -> "Evidence":
        scores = {one: max(self.scores.get(one, 0), more.scores.get(one, 0)) for one in {*self.scores, *more.scores}}
        return Evidence(
            self.finished | more.finished,
            self.answered | more.answered,
            self.signed | more.signed,
            scores,
            self.handed_in | more.handed_in,
            self.accepted | more.accepted,
        )

    def given_in(self, lesson: int) -> Given:
        answers = {block: None for number, block in self.answered if number == lesson}
        return Given(answers, {key: None for number, key in self.signed if number == lesson})


evidence = st.builds(
    Evidence,
    finished=numbers,
    answered=places,
    signed=statements,
    scores=percents,
    handed_in=numbers,
    accepted=numbers,
)


def journey(outline: Outline, asked: Asked, found: Evidence, calendar: Calendar) -> Journey:
    """As the acts and the other rooms make it: the button is refused, and nothing completes itself, until all is given."""
    kinds = {item.id: item.kind for item in outline.items}
    completed, elsewhere = set(), {}
    for number, kind in kinds.items():
        rule, blocks = asked.get(number, (CompletedBy.READ, {}))
        given = found.given_in(number)
        tries = number in found.finished or (rule != CompletedBy.READ and (given.answers or given.signed))
        if kind == "lesson" and tries and share_of(rule, blocks, given).is_whole:
            completed.add(number)
        if kind == "quiz" and number in found.scores:
            elsewhere[number] = "done" if found.scores[number] >= PASS else "in_progress"
        if kind == "assignment" and number in found.handed_in | found.accepted:
            elsewhere[number] = "done" if number in found.accepted else "in_progress"
    scores = {number: score for number, score in found.scores.items() if kinds.get(number) == "quiz"}
    states = progress(outline, completed=completed, elsewhere=elsewhere, calendar=calendar, scores=scores)
    return Journey(None, outline, states, None)


@given(outlines(), rules, evidence, calendars)
def test_a_journey_counts_what_somebody_counts_who_looks_at_every_piece_of_evidence(outline, asked, found, calendar):
    way = journey(outline, asked, found, calendar)
    lessons = [item for item in outline.items if item.kind == "lesson"]
    finished = [item for item in lessons if slowly_finished(asked, found, item.id)]
    assert (way.lessons, way.lessons_done) == (len(lessons), len(finished))
    assert way.percent == slow_percent(len(finished), len(lessons))
    for module in outline.modules:
        inside = [item for item in finished if item.parent_id == module.id]
        assert way.states[module.id].lessons_done == len(inside)
    assert sum(way.states[module.id].lessons_done for module in outline.modules) == way.lessons_done


@given(outlines(), rules, evidence, evidence, calendars, st.integers(0, 10))
def test_no_answer_signature_score_or_paper_takes_anything_from_a_journey(outline, asked, found, more, calendar, days):
    before = journey(outline, asked, found, calendar)
    later = calendar._replace(today=calendar.today + timedelta(days))
    after = journey(outline, asked, found.with_more(more), later)
    assert 0 <= before.percent <= after.percent <= 100
    assert before.lessons_done <= after.lessons_done <= after.lessons
    assert all(RANKS[after.states[number].state] >= RANKS[one.state] for number, one in before.states.items())


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


def slowly_finished(asked: Asked, found: Evidence, lesson: int) -> bool:
    """Piece by piece: is anything that this lesson waits for still to be given, and has she done anything to end it?"""
    rule, blocks = asked.get(lesson, (CompletedBy.READ, {}))
    kind = {"checks": "check", "attestation": "attestation"}.get(rule.value)
    for block_id, block in blocks.items():
        if block["type"] == kind == "check" and (lesson, block_id) not in found.answered:
            return False
        if block["type"] == kind == "attestation" and (lesson, block["key"]) not in found.signed:
            return False
    has_given = [one for one in (*found.answered, *found.signed) if one[0] == lesson]
    return lesson in found.finished or (kind is not None and len(has_given) > 0)


def slow_percent(done: int, all_of_them: int) -> int:
    """The last whole percent that she has come to, counted up from nothing."""
    percent = 0
    while all_of_them and (percent + 1) * all_of_them <= 100 * done:
        percent += 1
    return percent
