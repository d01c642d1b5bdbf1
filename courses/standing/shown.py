"""What a home page shows of a standing, judged anew only when some evidence has changed.

A standing is never stored as a truth of its own, and this is none: the lines belong to the marks of the evidence they were
judged from, which come with the enrolment. Whatever counts, signs or confers asks the engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Expression, Max, OuterRef, Subquery

from courses.enrolment.models import Enrolment
from courses.standards.contract import Result
from courses.standards.queries import definition_of
from courses.standards.registry import all_kinds
from courses.standing.engine import standings_for
from courses.standing.ledger import amount, kind_of, state_word
from courses.standing.models import Waiver
from lms.web.memory import remember
from lms.web.worklist import WorkLine

PREFIX = "evidence"


@dataclass(frozen=True)
class Line:
    """How many requirements of which standard are satisfied, and a line for each in the ledger's own words."""

    done: int
    total: int
    title: str
    number: int
    requirements: tuple[WorkLine, ...]


def enrolment_facts() -> dict[str, Expression]:
    """The marks of every kind's evidence and of the waivers, to come with a trainee's own enrolments."""
    waivers = Waiver.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    marks: dict[str, Sequence[Expression]] = {kind.name: kind.evidence_marks() for kind in all_kinds()}
    marks["waivers"] = [Subquery(waivers.annotate(mark=Max(column)).values("mark")) for column in ("pk", "ended_at")]
    return {f"{PREFIX}_{name}_{place}": mark for name, found in marks.items() for place, mark in enumerate(found)}


def shown_line(enrolment: Enrolment) -> Line:
    """The line of one enrolment that was given with its facts."""
    kinds = {line.kind for line in definition_of(enrolment.standard_version).requirements}
    marked = [name for name in vars(enrolment) if name.startswith(f"{PREFIX}_")]
    if not all(any(name.startswith(f"{PREFIX}_{kind}_") for name in marked) for kind in kinds):
        return _judge(enrolment)  # a kind that gives no mark is asked every time
    pinned = (enrolment.standard_version_id, enrolment.edition_id, enrolment.track)
    return _line(enrolment, pinned, tuple(getattr(enrolment, name) for name in sorted(marked)))


@remember(seconds=600, most=1000)
def _line(enrolment: Enrolment, pinned: tuple, marks: tuple) -> Line:
    return _judge(enrolment)


def _judge(enrolment: Enrolment) -> Line:
    found = standings_for([enrolment])[enrolment.pk]
    lines = tuple(_in_one_line(result) for result in found.results)
    return Line(found.done, found.total, found.standard_title, found.standard_number, lines)


def _in_one_line(result: Result) -> WorkLine:
    """The first thing that is missing says enough here; the standing page says the rest."""
    have, need = amount(result.done, result.unit), amount(result.needed, result.unit, with_unit=True)
    missing = result.missing[0] if result.missing else ""
    return WorkLine(result.title, f"{have} of {need}", state_word(result), kind_of(result), missing)
