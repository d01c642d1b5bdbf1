"""What is frozen at the award, and what of it is signed: pure functions over plain values."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certificates.signing.documents import ResultFacts
from courses.standards.contract import Result
from courses.standards.enums import ResultState, Unit
from lms.web.templatetags.ui import minutes

SCHEMA = 1
DEMONSTRATION = "Demonstration: "
DEMONSTRATION_SENTENCE = "Demonstration. Nobody was trained; this shows what a credential looks like. "


@dataclass(frozen=True)
class Award:
    """Everything a snapshot holds, as plain values."""

    holder_name: str
    name_confirmed_at: datetime
    title: str
    program: str
    issuer_name: str
    issuer_did: str
    standard_title: str
    standard_number: int
    standard_hash: str
    edition_number: int
    track: str
    discipline: str
    enrolled_on: date
    conferred_on: date
    conferred_by: str
    assessors: Sequence[str]
    results: Sequence[Result]
    standing: Mapping[str, Any]  # the whole standing as plain JSON, evidence included
    is_demonstration: bool


def freeze(award: Award) -> dict:
    """The snapshot as plain JSON. Later changes of people, standard or evidence do not reach it."""
    return {
        "schema": SCHEMA,
        "holder_name": award.holder_name,
        "name_confirmed_at": award.name_confirmed_at.isoformat(),
        "title": award.title,
        "program": award.program,
        "issuer": {"name": award.issuer_name, "did": award.issuer_did},
        "standard": {"title": award.standard_title, "number": award.standard_number, "hash": award.standard_hash},
        "edition": award.edition_number,
        "track": award.track,
        "discipline": award.discipline,
        "enrolled_on": award.enrolled_on.isoformat(),
        "conferred_on": award.conferred_on.isoformat(),
        "conferred_by": award.conferred_by,
        "assessors": sorted(set(award.assessors)),
        "hours": _hours(award.results),
        "standing": dict(award.standing),
        "is_demonstration": award.is_demonstration,
    }


def _hours(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The hour lines; one of which a part was earned before or elsewhere says how much."""
    transferred = {result.key: result.transferred for result in results}
    transferred |= {part_key(result, part): part.transferred for result in results for part in result.parts}
    return [
        {"key": key, "name": name, "minutes": done} | ({"transferred": transferred[key]} if transferred[key] else {})
        for key, name, done in hour_lines(results)
    ]


# What a correction may change; everything else is the award itself.
CORRECTABLE = ("holder_name", "name_confirmed_at", "discipline")


def corrected(snapshot: Mapping[str, Any], corrections: Mapping[str, str]) -> dict:
    """A copy of the snapshot with corrected facts. Raises `ValueError` for any other fact."""
    if not set(corrections) <= set(CORRECTABLE):
        raise ValueError(f"Only {', '.join(CORRECTABLE)} can be corrected.")
    return {**copy.deepcopy(dict(snapshot)), **corrections}


def hour_lines(results: Iterable[Result]) -> list[tuple[str, str, int]]:
    """(key, name, minutes) of every line measured in time: requirements and their parts, caps left out."""
    lines = []
    for result in results:
        if result.unit != Unit.MINUTES or result.state == ResultState.NOT_APPLICABLE:
            continue
        lines.append((result.key, result.title, result.done))
        lines += [
            (part_key(result, part), _sentence_case(part.title), part.done) for part in result.parts if not part.is_cap
        ]
    return lines


def _sentence_case(title: str) -> str:
    """Parts are titled to be read inside a sentence; on the certificate each stands alone."""
    return title[:1].upper() + title[1:]


def part_key(result: Result, part: Result) -> str:
    return part.key if part.key.startswith(result.key) else f"{result.key}.{part.key}"


def signed_results(snapshot: Mapping, allowed: Iterable[Sequence[str]]) -> list[ResultFacts]:
    """The hour lines that enter the signed bytes: those the achievement describes."""
    keys = {key for key, _ in allowed}
    return [
        ResultFacts(line["key"], line["name"], minutes(line["minutes"]))
        for line in snapshot["hours"]
        if line["key"] in keys
    ]


def criteria(standard_title: str, number: int, sentences: Iterable[str]) -> str:
    """What had to be shown, in plain words, for the signed achievement."""
    listed = " ".join(f"({position}) {sentence}" for position, sentence in enumerate(sentences, start=1))
    return f"Every requirement of {standard_title}, version {number}, was met or formally waived. {listed}".strip()
