"""The standing in words and bars."""

from datetime import date

import pytest

from courses.standards.contract import Counted, Evidence, Excluded, Result
from courses.standards.enums import ResultState, Unit
from courses.standing.ledger import amount, kind_of, line_of, percent, row_of, state_word

VISIT = Evidence("practice_log", 1, "Visit of 3 Mar 2026", date(2026, 3, 3))
LESSON = Evidence("lesson", 2, "Ethics", date(2026, 3, 4))


def result(state=ResultState.UNMET, done=0, needed=60, unit=Unit.MINUTES, **fields):
    return Result("k", "Practice", state, done, needed, unit, **fields)


@pytest.mark.parametrize(
    ("state", "done", "pending", "word", "kind"),
    [
        (ResultState.MET, 60, 0, "Met", "met"),
        (ResultState.UNMET, 0, 0, "Not started", "neutral"),
        (ResultState.UNMET, 5, 0, "In progress", "waiting"),
        (ResultState.UNMET, 0, 5, "In progress", "waiting"),
        (ResultState.PENDING, 0, 60, "Waiting for review", "waiting"),
        (ResultState.WAIVED, 0, 0, "Waived", "info"),
        (ResultState.NOT_APPLICABLE, 0, 0, "Does not apply", "neutral"),
    ],
)
def test_every_state_has_a_word_and_a_shape(state, done, pending, word, kind):
    found = result(state, done, pending=pending)
    assert (state_word(found), kind_of(found)) == (word, kind)


@pytest.mark.parametrize(
    ("value", "unit", "short", "long"),
    [
        (2430, Unit.MINUTES, "40 h 30 min", "40 h 30 min"),
        (0, Unit.MINUTES, "0 min", "0 min"),
        (1, Unit.QUIZZES, "1", "1 quiz"),
        (2, Unit.QUIZZES, "2", "2 quizzes"),
        (1, Unit.MODULES, "1", "1 module"),
        (0, Unit.MODULES, "0", "0 modules"),
    ],
)
def test_amounts_are_said_in_their_unit(value, unit, short, long):
    assert (amount(value, unit), amount(value, unit, with_unit=True)) == (short, long)


@pytest.mark.parametrize(
    ("done", "needed", "wanted"),
    [(0, 60, 0), (59, 60, 98), (3599, 3600, 99), (60, 60, 100), (90, 60, 100), (0, 0, 100)],
)
def test_a_bar_is_full_only_when_nothing_is_missing(done, needed, wanted):
    assert percent(done, needed) == wanted


def test_a_row_tells_everything_about_its_requirement():
    part = result(done=10, needed=30)
    cap = result(ResultState.MET, 15, 15, is_cap=True, note="1 h more does not count.")
    found = result(
        done=40,
        parts=(part, cap),
        pending=10,
        counted=(Counted(VISIT, 40),),
        excluded=(Excluded(LESSON, 20, "Observed only."),),
    )
    row = row_of(found, {"k": "An hour of practice."})
    assert (row.have, row.need, row.percent, row.sentence) == ("40 min", "1 h", 66, "An hour of practice.")
    assert row.ticks == ({"percent": 50, "label": "Practice: at least 30 min"},)
    assert [line.text for line in row.lines] == ["10 min of at least 30 min", "15 min used of at most 15 min"]
    assert [line.note for line in row.lines] == ["", "1 h more does not count."]
    assert row.waiting == "10 min more waiting for review."
    assert row.counted == ({"text": "Visit of 3 Mar 2026", "value": "40 min", "reason": ""},)
    assert row.not_counted == ({"text": "Ethics, 4 Mar 2026", "value": "20 min", "reason": "Observed only."},)


def test_what_waits_is_said_once():
    assert row_of(result(pending=10, missing=("50 min more, 10 min waiting.",)), {"k": ""}).waiting == ""


def test_a_limit_speaks_only_once_it_is_reached():
    below = result(ResultState.MET, 5, 15, is_cap=True, note="At most 15 min count.")
    assert line_of(below).note == ""


def test_a_minimum_of_nothing_says_that_nothing_is_due_yet():
    assert line_of(result(ResultState.MET, 0, 0, Unit.WEEKS)).text == "Nothing is due yet"
    assert line_of(result(ResultState.MET, 0, 0, is_cap=True)).text == "0 min used of at most 0 min"


def test_what_was_tried_in_vain_has_begun():
    assert state_word(result(excluded=(Excluded(LESSON, 1, "Not passed."),))) == "In progress"
