"""The guard measured: on the development notes, on the held-out ones, and on notes drawn from a seed.

The thresholds are the goals of the house: 0.90 of all, 0.75 of each class, 0.98 of the classes that are a hard stop by
every reading, and at most one alarm in ten harmless notes. The figures of today stand in docs/features/patient-data.md.
"""

import time

import pytest

from supervision.guard import identifiers_in
from tests.supervision.guard.generator import harmless
from tests.supervision.guard.generator import identified as drawn
from tests.supervision.guard.measuring import false_alarms, recall, recall_by_class
from tests.supervision.guard.notes import HALVES, HARD, identified, plain

SEEDS = (11, 12)


def test_there_are_enough_notes_of_every_class_in_both_halves():
    for half in HALVES:
        kinds = [note.kind for note in identified(half)]
        assert len(kinds) >= 200
        assert len(list(plain(half))) >= 200
        assert min(kinds.count(kind) for kind in set(kinds) - {"long"}) >= 7


@pytest.mark.parametrize("half", HALVES)
def test_nine_of_ten_identifiers_are_found_and_three_quarters_of_each_class(half):
    notes = list(identified(half))
    by_class = recall_by_class(notes)
    assert recall(notes) >= 0.90
    assert {kind: share for kind, share in by_class.items() if share < 0.75} == {}
    assert {kind: by_class[kind] for kind in HARD if by_class[kind] < 0.98} == {}


@pytest.mark.parametrize("half", HALVES)
def test_at_most_one_harmless_note_in_ten_is_stopped(half):
    assert false_alarms(plain(half)) <= 0.10


@pytest.mark.parametrize("seed", SEEDS)
def test_fresh_numbers_and_names_that_no_list_knows_are_found_as_well(seed):
    notes = list(drawn(seed, each=25))
    by_class = recall_by_class(notes)
    assert recall(notes) >= 0.90
    assert {kind: share for kind, share in by_class.items() if share < 0.75} == {}
    assert {kind: by_class[kind] for kind in HARD if by_class[kind] < 0.98} == {}
    assert false_alarms(harmless(seed, 200)) <= 0.10


HOSTILE = (
    *("a@", "1", "1 ", "1.", "1-", "www.", "Aa ", "Anna ", "O'Mc", "Ab-Ab-", "three ", "account no. ", "account 1 ", "12-34 "),
    *("a:", "a1-", "1 aa ", "lives in ", "Lives In X", "on the ", "born on ", "Mr. ", "client ", "A. ", "1/1", "#1 ", "\n"),
    *("fax to the ", "phone number is ", "ﷺ", "é", "may 1 ", "de00 aaaa ", "dead:", "(1) ", "at dot ", "ssn is "),
)  # fmt: skip
SHORT, TIMES = 2_000, 16


def seconds(text: str) -> float:
    """Of this thread alone, at its best: other work on the machine does not count."""
    spent = []
    for _ in range(3):
        began = time.thread_time()
        identifiers_in(text)
        spent.append(time.thread_time() - began)
    return min(spent)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(unit):
    """Sixteen times the text takes about sixteen times the time; a pattern that goes back would take 256 times.

    Both are measured here and now and the bound lies far from either, so a slow machine changes nothing.
    """
    text = (unit * SHORT * TIMES)[: SHORT * TIMES]
    assert seconds(text) < 5 * TIMES * seconds(text[:SHORT])
