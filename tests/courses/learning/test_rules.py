"""What is done, open or locked, over plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.gates import Gates
from courses.curriculum.queries import Outline, OutlineItem
from courses.learning.enums import ItemState
from courses.learning.rules import Calendar, next_item, progress

DONE, IN_PROGRESS, OPEN, LOCKED = ItemState.DONE, ItemState.IN_PROGRESS, ItemState.OPEN, ItemState.LOCKED


def line(number: int, kind: str = "lesson", parent: int | None = None, after: tuple[int, ...] = ()) -> OutlineItem:
    return OutlineItem(number, number, kind, parent, number, f"s{number}", f"Item {number}", 10, "", True, Gates(after))


TODAY = Calendar(today=date(2026, 3, 2), begins_on=date(2026, 1, 5))


# Module 1: lessons 2 and 3 (3 opens after 2), quiz 4. Module 5 opens after module 1; lesson 6.
OUTLINE = Outline(
    1,
    (
        line(1, "module"),
        line(2, parent=1),
        line(3, parent=1, after=(2,)),
        line(4, "quiz", parent=1),
        line(5, "module", after=(1,)),
        line(6, parent=5),
    ),
)


def states(completed=(), elsewhere=None, reading=None) -> list[ItemState]:
    found = progress(OUTLINE, completed=set(completed), elsewhere=elsewhere or {}, calendar=TODAY, reading=reading)
    return [found[item.id].state for item in OUTLINE.items]


@pytest.mark.parametrize(
    ("completed", "elsewhere", "reading", "expected"),
    [
        ((), {}, None, [OPEN, OPEN, LOCKED, OPEN, LOCKED, LOCKED]),
        ((), {}, 2, [OPEN, IN_PROGRESS, LOCKED, OPEN, LOCKED, LOCKED]),
        ((2,), {}, None, [IN_PROGRESS, DONE, OPEN, OPEN, LOCKED, LOCKED]),
        ((2,), {4: "in_progress"}, 3, [IN_PROGRESS, DONE, IN_PROGRESS, IN_PROGRESS, LOCKED, LOCKED]),
        ((2, 3), {}, None, [DONE, DONE, DONE, OPEN, OPEN, OPEN]),
        ((2, 3), {4: "done"}, 6, [DONE, DONE, DONE, DONE, OPEN, IN_PROGRESS]),
        ((2, 3, 6), {4: "done"}, None, [DONE, DONE, DONE, DONE, DONE, DONE]),
        ((3, 6), {}, None, [IN_PROGRESS, OPEN, DONE, OPEN, DONE, DONE]),
    ],
)
def test_each_item_has_its_state(completed, elsewhere, reading, expected):
    assert states(completed, elsewhere, reading) == expected


def test_a_locked_item_says_what_opens_it():
    found = progress(OUTLINE, completed=set(), elsewhere={}, calendar=TODAY)
    assert [found[number].reason for number in (3, 5, 6)] == [
        "Opens when you have completed “Item 2”.",
        "Opens when you have completed “Item 1”.",
        "Opens when you have completed “Item 1”.",
    ]


@pytest.mark.parametrize(
    ("completed", "elsewhere", "reading", "expected"),
    [
        ((), {}, None, 2),
        ((), {}, 4, 4),
        ((2,), {}, 2, 3),
        ((2, 3), {4: "done"}, None, 6),
        ((2, 3, 6), {4: "done"}, 6, None),
    ],
)
def test_one_goes_on_where_one_was_or_at_the_first_open_item(completed, elsewhere, reading, expected):
    found = progress(OUTLINE, completed=set(completed), elsewhere=elsewhere, calendar=TODAY, reading=reading)
    item = next_item(OUTLINE, found, reading=reading)
    assert (item.id if item else None) == expected


@given(st.sets(st.sampled_from([2, 3, 6])), st.sampled_from([2, 3, 6]))
def test_completing_more_never_closes_anything(completed, more):
    before, after = (
        progress(OUTLINE, completed=set(done), elsewhere={}, calendar=TODAY) for done in (completed, completed | {more})
    )
    for item in OUTLINE.items:
        assert not (after[item.id].is_locked and not before[item.id].is_locked)
        assert after[item.id].is_done or not before[item.id].is_done


def test_neighbours_leave_modules_out():
    assert [one and one.id for one in OUTLINE.neighbours(OUTLINE.items[3])] == [3, 6]
    assert [one and one.id for one in OUTLINE.neighbours(OUTLINE.items[1])] == [None, 3]
    assert [one and one.id for one in OUTLINE.neighbours(OUTLINE.items[5])] == [4, None]
    assert [one and one.id for one in OUTLINE.neighbours(OUTLINE.items[4])] == [4, 6]
