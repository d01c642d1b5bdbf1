"""Standing: computed from the evidence against the pinned standard, never stored as a truth of its own.

The engine gathers facts once per kind and standard version, however many people are asked about, lets each kind judge
its requirements, and applies what is not the kinds' business: tracks and waivers. Holds are gates of the award and
never enter a standing. Neither do money and pauses.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category, Result, Subject
from courses.standards.definition import Definition, Requirement
from courses.standards.enums import SATISFIED, ResultState
from courses.standards.models import StandardVersion
from courses.standards.plain import as_plain
from courses.standards.queries import definition_of
from courses.standards.registry import all_kinds
from courses.standing.models import Waiver
from courses.standing.queries import open_waivers
from lms.clock.rules import end_of_day
from lms.web.templatetags.ui import day

SCHEMA = 1
Waivers = Mapping[tuple[int, str], Waiver]  # by enrolment and requirement key


@dataclass(frozen=True)
class Standing:
    """Where one enrolment stands at one moment. `results` follow the order of the standard."""

    enrolment: int
    person: int
    standard_version: int
    standard_title: str
    standard_number: int
    as_of: datetime
    results: tuple[Result, ...]
    categories: Mapping[str, Category]

    @property
    def done(self) -> int:
        """How many requirements are satisfied: met, waived, or not applicable."""
        return sum(result.state in SATISFIED for result in self.results)

    @property
    def total(self) -> int:
        return len(self.results)

    @property
    def is_complete(self) -> bool:
        """Every requirement is satisfied. A standard without requirements is never complete."""
        return bool(self.results) and self.done == self.total

    def result(self, key: str) -> Result | None:
        return next((result for result in self.results if result.key == key), None)

    def as_plain(self) -> dict[str, Any]:
        """Plain JSON for a frozen snapshot: everything that was judged, in a total order, without links."""
        return {
            "schema": SCHEMA,
            "standard": {
                "version": self.standard_version,
                "title": self.standard_title,
                "number": self.standard_number,
            },
            "as_of": self.as_of.isoformat(),
            "is_complete": self.is_complete,
            "results": [_plain_result(result) for result in self.results],
        }


def standing_for(
    enrolment: Enrolment,
    *,
    as_of: date | datetime | None = None,
    detail: bool | str = False,
    has_waivers: bool = True,
) -> Standing:
    """The standing of one enrolment, now or as of a moment or the end of a local day. `detail` loads the evidence rows:
    of every requirement, or of the one whose key it is and perhaps others. `has_waivers` is False where somebody has just
    seen that there are none."""
    moment = _moment(as_of, enrolment)
    waivers = open_waivers([enrolment], moment) if has_waivers else {}
    return _judge_together([enrolment], waivers, moment, detail)[enrolment.pk]


def standings_for(enrolments: Iterable[Enrolment], *, as_of: datetime | None = None) -> dict[int, Standing]:
    """The standings of many, by enrolment id: a fixed number of queries for each standard version among them."""
    asked, moment = list(enrolments), as_of or timezone.now()
    return _judge_together(asked, open_waivers(asked, moment), moment, False)


def standings_under(
    definition: Definition, enrolments: Sequence[Enrolment], *, as_of: datetime
) -> dict[int, tuple[Result, ...]]:
    """What the results would be under another standard, such as a draft: the effect before it is published."""
    return _results(definition, enrolments, open_waivers(enrolments, as_of), as_of, False)


def subject_of(enrolment: Enrolment) -> Subject:
    """All evidence of the enrolment counts: it has no window, only the moment as of which it is asked."""
    return Subject(
        person=enrolment.person_id,
        enrolment=enrolment.pk,
        edition=enrolment.edition_id,
        program=enrolment.program_id,
        track=enrolment.track,
    )


def _moment(as_of: date | datetime | None, enrolment: Enrolment) -> datetime:
    """A day means all of it, in the cohort's zone."""
    if as_of is None:
        return timezone.now()
    if isinstance(as_of, datetime):
        return as_of
    return end_of_day(as_of, ZoneInfo(enrolment.cohort.time_zone))


def _judge_together(
    enrolments: Sequence[Enrolment], waivers: Waivers, as_of: datetime, detail: bool | str
) -> dict[int, Standing]:
    versions: dict[int, StandardVersion] = {}
    for enrolment in enrolments:
        if enrolment.standard_version_id not in versions:  # asked of one of those that share it
            versions[enrolment.standard_version_id] = enrolment.standard_version
    standings = {}
    for pk, version in versions.items():
        pinned = [enrolment for enrolment in enrolments if enrolment.standard_version_id == pk]
        definition = definition_of(version)
        results = _results(definition, pinned, waivers, as_of, detail)
        for enrolment in pinned:
            standings[enrolment.pk] = Standing(
                enrolment=enrolment.pk,
                person=enrolment.person_id,
                standard_version=pk,
                standard_title=definition.title,
                standard_number=version.number,
                as_of=as_of,
                results=results[enrolment.pk],
                categories=definition.categories,
            )
    return standings


def _results(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    waivers: Waivers,
    as_of: datetime,
    detail: bool | str,
) -> dict[int, tuple[Result, ...]]:
    """Judge kind after kind, each after those it depends on; then put the lines back in the standard's order."""
    subjects = {enrolment.pk: subject_of(enrolment) for enrolment in enrolments}
    judged: dict[int, dict[str, Result]] = {pk: {} for pk in subjects}
    for kind in all_kinds():
        lines = [line for line in definition.requirements if line.kind == kind.name]
        if not lines:
            continue
        is_detailed = detail is True or detail in {line.key for line in lines}
        gathered = kind.gather([line.config for line in lines], list(subjects.values()), as_of, is_detailed)
        for pk, subject in subjects.items():
            for line in lines:
                result = kind.judge(line.config, gathered[subject], judged[pk], definition.categories)
                judged[pk][line.key] = _settle(result, line, subject, waivers.get((pk, line.key)))
    order = [line.key for line in definition.requirements]
    return {pk: tuple(results[key] for key in order) for pk, results in judged.items()}


def _settle(result: Result, line: Requirement, subject: Subject, waiver: Waiver | None) -> Result:
    """What no kind decides: a requirement of another track does not apply; a waiver covers what is not met.

    A requirement met by evidence stays met, and a non-waivable one ignores a waiver.
    """
    if line.config.track and line.config.track != subject.track:
        return replace(result, state=ResultState.NOT_APPLICABLE, missing=(), next_steps=())
    if waiver and line.config.waivable and result.state not in SATISFIED:
        return replace(result, state=ResultState.WAIVED, note=_waiver_note(waiver), missing=(), next_steps=())
    return result


def _waiver_note(waiver: Waiver) -> str:
    """Dated in the cohort's zone, so that it reads the same to everybody and in every snapshot."""
    on = waiver.approved_at.astimezone(ZoneInfo(waiver.enrolment.cohort.time_zone)).date()
    return f"Waived by {waiver.approved_by} on {day(on)}: {waiver.reason} Document: {waiver.document}"


def _plain_result(result: Result) -> dict[str, Any]:
    plain = as_plain(result)
    plain.pop("next_steps")
    plain.pop("is_begun")
    plain["state"], plain["unit"] = str(result.state), str(result.unit)
    plain["valid_until"] = result.valid_until.isoformat() if result.valid_until else None
    for name in ("counted", "excluded"):
        for entry in plain[name]:
            entry["evidence"]["on"] = entry["evidence"]["on"].isoformat()
    plain["parts"] = [_plain_result(part) for part in result.parts]
    return plain
