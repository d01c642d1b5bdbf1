"""What is frozen, and what of it is signed. No database."""

import json
from datetime import UTC, date, datetime

from certificates import snapshot
from courses.standards.contract import Result
from courses.standards.enums import ResultState, Unit
from tests.factories.certificates import HOURS, MODULES, RESULTS

AWARD = snapshot.Award(
    holder_name="Zoë Ångström-Núñez",
    name_confirmed_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
    title="KAP Practitioner Certificate",
    program="KAP",
    issuer_name="Example Academy",
    issuer_did="did:web:academy.example",
    standard_title="KAP Practitioner Certificate",
    standard_number=3,
    standard_hash="ab" * 32,
    edition_number=1,
    track="Therapist",
    discipline="Psychologist",
    enrolled_on=date(2026, 1, 5),
    conferred_on=date(2026, 11, 23),
    conferred_by="Imani Okafor",
    assessors=["Dana Whitehorse", "Ana Bell", "Dana Whitehorse"],
    results=RESULTS,
    standing={"is_complete": True},
    is_demonstration=False,
)


def test_the_snapshot_holds_plain_json_and_everything_a_board_asks():
    frozen = snapshot.freeze(AWARD)
    assert json.loads(json.dumps(frozen)) == frozen
    assert frozen == {
        "schema": 1,
        "holder_name": "Zoë Ångström-Núñez",
        "name_confirmed_at": "2026-11-01T09:00:00+00:00",
        "title": "KAP Practitioner Certificate",
        "program": "KAP",
        "issuer": {"name": "Example Academy", "did": "did:web:academy.example"},
        "standard": {"title": "KAP Practitioner Certificate", "number": 3, "hash": "ab" * 32},
        "edition": 1,
        "track": "Therapist",
        "discipline": "Psychologist",
        "enrolled_on": "2026-01-05",
        "conferred_on": "2026-11-23",
        "conferred_by": "Imani Okafor",
        "assessors": ["Ana Bell", "Dana Whitehorse"],
        "hours": [
            {"key": "practicum", "name": "Supervised practice", "minutes": 3690},
            {"key": "practicum.dosing", "name": "In dosing sessions", "minutes": 1110},
        ],
        "standing": {"is_complete": True},
        "is_demonstration": False,
    }


def test_caps_other_units_and_what_does_not_apply_are_no_hours():
    foreign = Result("rx", "Prescriber hours", ResultState.NOT_APPLICABLE, 0, 600, Unit.MINUTES)
    assert [key for key, _, _ in snapshot.hour_lines([HOURS, MODULES, foreign])] == ["practicum", "practicum.dosing"]


def test_parts_with_short_keys_get_the_key_of_their_requirement_in_front():
    part = Result("dosing", "direct dosing", ResultState.MET, 5, 5, Unit.MINUTES)
    whole = Result("p", "Practice", ResultState.MET, 7, 5, Unit.MINUTES, parts=(part,))
    assert snapshot.hour_lines([whole]) == [("p", "Practice", 7), ("p.dosing", "Direct dosing", 5)]


def test_only_lines_the_achievement_describes_are_signed():
    frozen = snapshot.freeze(AWARD)
    signed = snapshot.signed_results(frozen, [["practicum", "Supervised practice"]])
    assert [(line.key, line.name, line.value) for line in signed] == [
        ("practicum", "Supervised practice", "61 h 30 min")
    ]


def test_the_criteria_are_said_in_plain_words():
    assert snapshot.criteria("KAP Certificate", 3, ["A: 2 modules.", "B: 4 h."]) == (
        "Every requirement of KAP Certificate, version 3, was met or formally waived. (1) A: 2 modules. (2) B: 4 h."
    )
