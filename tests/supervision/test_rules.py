"""Each rule of a visit with its sentence; pure, at the boundary."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from supervision.rules import (
    Other,
    Problem,
    Surroundings,
    Visit,
    client_code,
    problems_of,
)
from supervision.rules.codes import ALPHABET, PATTERN
from tests.factories.supervision import CATEGORIES

VISIT = Visit(
    on=date(2026, 3, 10),
    starts_at=time(9, 0),
    time_zone="America/Denver",
    category_key="preparation",
    role="lead",
    segments=(("preparation", 60), ("integration", 30)),
    clients=frozenset({7}),
    client_consented=True,
)
AROUND = Surroundings(
    now=datetime(2026, 3, 10, 16, 30, tzinfo=UTC),
    enrolled_on=date(2026, 1, 5),
    enrolment_state="active",
    placement_starts=date(2026, 3, 2),
    placement_ends=date(2026, 3, 31),
    categories={category.key: category for category in CATEGORIES},
    own_codes=frozenset({7, 8}),
)


def test_a_visit_that_ended_this_minute_is_fine():
    assert VISIT.began_at == datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
    assert VISIT.ended_at == AROUND.now
    assert problems_of(VISIT, AROUND) == []


def test_a_paused_enrolment_still_takes_practice():
    assert problems_of(VISIT, replace(AROUND, enrolment_state="paused")) == []


ENDED = "This enrolment has ended, so no practice can be added to it. You can still read and export your log."
TOO_EARLY = "With these minutes the visit ends in the future. Log it once it is over."
NO_CONSENT = "Confirm that the client agreed to your presence. Without that agreement a visit cannot be logged."
IDENTIFIER = (
    "“ann@example.com” looks like an e-mail address. Leave out whatever could point to a client, and save again."
)
REFUSED = {
    "withdrawn": ({}, {"enrolment_state": "withdrawn"}, ("", ENDED)),
    "completed": ({}, {"enrolment_state": "completed"}, ("", ENDED)),
    "no category": ({"category_key": "massage"}, {}, ("category_key", "Choose a category of your standard.")),
    "no minutes": ({"segments": ()}, {}, ("minutes_1", "Give at least one phase with its minutes.")),
    "no length": ({"segments": (("dosing", 0), ("other", 5))}, {}, ("minutes_1", "Each phase lasts at least one minute.")),
    "negative": ({"segments": (("dosing", -5), ("other", 10))}, {}, ("minutes_1", "Each phase lasts at least one minute.")),
    "phase twice": ({"segments": (("dosing", 5), ("dosing", 10))}, {}, ("minutes_1", "Name each phase once, and add up its minutes.")),
    "still running": ({}, {"now": AROUND.now - timedelta(seconds=1)}, ("on", TOO_EARLY)),
    "tomorrow": ({"on": date(2026, 3, 11)}, {}, ("on", "This visit is in the future. Log it once it has taken place.")),
    "before enrolment": ({}, {"enrolled_on": date(2026, 3, 11)}, ("on", "Practice counts from the day of your enrolment, 11 Mar 2026.")),
    "before the placement": ({}, {"placement_starts": date(2026, 3, 11)}, ("on", "The placement begins on 11 Mar 2026.")),
    "after the placement": ({}, {"placement_ends": date(2026, 3, 9)}, ("on", "The placement ended on 9 Mar 2026.")),
    "no client": ({"clients": frozenset()}, {}, ("clients", "Preparation session needs a client code.")),
    "another's client": ({"clients": frozenset({7, 9})}, {}, ("clients", "Choose from your own client codes.")),
    "no consent": ({"client_consented": False}, {}, ("client_consented", NO_CONSENT)),
    "identifier": ({"reflection": "Write to ann@example.com"}, {}, ("reflection", IDENTIFIER)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_each_rule_refuses_with_its_sentence_beside_its_field(case):
    visit, around, problem = REFUSED[case]
    assert problems_of(replace(VISIT, **visit), replace(AROUND, **around)) == [Problem(*problem)]


@pytest.mark.parametrize(("minutes", "allowed"), [(720, True), (721, False)])
def test_a_visit_lasts_at_most_twelve_hours(minutes, allowed):
    visit = replace(VISIT, on=date(2026, 3, 8), segments=(("dosing", minutes),))
    assert problems_of(visit, AROUND) == (
        [] if allowed else [Problem("minutes_1", "One visit lasts at most 12 hours.")]
    )


@pytest.mark.parametrize(("moved", "overlaps"), [(-90, False), (-89, True), (0, True), (89, True), (90, False)])
def test_visits_may_touch_and_not_overlap(moved, overlaps):
    began = VISIT.began_at + timedelta(minutes=moved)
    other = Other(began, began + timedelta(minutes=90), "10 Mar 2026, 09:00")
    sentence = "You were at another visit then: 10 Mar 2026, 09:00."
    assert problems_of(VISIT, replace(AROUND, others=(other,))) == (
        [Problem("starts_at", sentence)] if overlaps else []
    )


def test_a_night_over_the_change_of_clocks_has_its_real_minutes():
    night = replace(VISIT, on=date(2026, 3, 7), starts_at=time(23, 0), segments=(("dosing", 240),))
    assert night.ended_at - night.began_at == timedelta(minutes=240)
    assert night.began_at == datetime(2026, 3, 8, 6, 0, tzinfo=UTC)


def test_a_client_code_is_random_and_has_no_look_alikes():
    codes = {client_code() for _ in range(500)}
    assert len(codes) > 490
    assert all(re.fullmatch(PATTERN, code) for code in codes)
    assert not set(ALPHABET) & set("0O1IL2Z5S8B")
