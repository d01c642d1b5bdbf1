"""What pages show of a standing, judged anew only when some evidence has changed, or another day has come.

A standing is never stored as a truth of its own, and this is none: the lines belong to the marks of the evidence they were
judged from, which come with the enrolment. Whatever counts, signs or confers asks the engine.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Expression, Max, OuterRef, Subquery
from django.utils import timezone

from courses.enrolment.models import Enrolment
from courses.standards.contract import Result
from courses.standards.queries import definition_of
from courses.standards.registry import all_kinds
from courses.standing.engine import Standing, standing_for, standings_for
from courses.standing.ledger import amount, kind_of, ledger, state_word
from courses.standing.markup import ledger_rows
from courses.standing.models import Waiver
from courses.standing.queries import exceptions_of
from lms.web.memory import remember
from lms.web.worklist import WorkLine

PREFIX = "evidence_"


@dataclass(frozen=True)
class Line:
    """How many requirements of which standard are satisfied, and a line for each in the ledger's own words."""

    done: int
    total: int
    title: str
    number: int
    requirements: tuple[WorkLine, ...]


def enrolment_facts() -> dict[str, Expression]:
    """The marks of every kind's evidence and of the waivers, each once, and whether there are waivers and holds: to come with
    a trainee's own enrolments."""
    waivers = Waiver.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    marks = [mark for kind in all_kinds() for mark in kind.evidence_marks()]
    marks += [Subquery(waivers.annotate(mark=Max(column)).values("mark")) for column in ("pk", "ended_at")]
    return {f"{PREFIX}{place}": mark for place, mark in enumerate(dict.fromkeys(marks))} | exceptions_of()


@cache  # all kinds are registered once the site has started
def marked_kinds() -> frozenset[str]:
    return frozenset(kind.name for kind in all_kinds() if kind.evidence_marks())


def evidence_key(enrolment: Enrolment, prefix: str = PREFIX) -> tuple | None:
    """What a judgement depends on, of an enrolment that was given with its facts: the same as long as nothing changed, on
    one day. None where a kind gives no mark, or the facts did not come along. `prefix` names other marks that came."""
    kinds = {line.kind for line in definition_of(enrolment.standard_version).requirements}
    marks = tuple(value for name, value in vars(enrolment).items() if name.startswith(prefix))
    if not marks or not kinds <= marked_kinds():
        return None
    pinned = (enrolment.standard_version_id, enrolment.edition_id, enrolment.track, timezone.localdate())
    return pinned, marks


def shown_line(enrolment: Enrolment) -> Line:
    """The line of one enrolment that was given with its facts."""
    key = evidence_key(enrolment)
    return _judge(enrolment) if key is None else _line(enrolment, key)


@remember(seconds=600, most=1000)
def _line(enrolment: Enrolment, key: tuple) -> Line:
    return _judge(enrolment)


@dataclass(frozen=True)
class Ledger:
    """The ledger of a page, written out."""

    title: str
    number: int
    done: int
    total: int
    is_complete: bool
    html: str


def shown_ledger(enrolment: Enrolment, *, is_own: bool) -> Ledger:
    """The ledger as it stands now, with a way to the evidence of each line; as `shown_line`."""
    key = evidence_key(enrolment)
    return _judged_now(enrolment, is_own) if key is None else _ledger(enrolment, is_own, key)


@remember(seconds=600, most=500)  # some 10 kB each
def _ledger(enrolment: Enrolment, is_own: bool, key: tuple) -> Ledger:
    return _judged_now(enrolment, is_own)


def _judged_now(enrolment: Enrolment, is_own: bool) -> Ledger:
    return ledger_of(page_standing(enrolment), enrolment, is_own=is_own)


def page_standing(enrolment: Enrolment, *, as_of: date | None = None, detail: bool | str = False) -> Standing:
    """As `standing_for`, without asking for waivers that an enrolment which came with its facts has not."""
    has_waivers = getattr(enrolment, "has_waivers", True)
    return standing_for(enrolment, as_of=as_of, detail=detail, has_waivers=has_waivers)


def ledger_of(
    found: Standing, enrolment: Enrolment, *, is_own: bool, as_of: str = "", is_whole: bool = False
) -> Ledger:
    """Any standing written out: `as_of` is the query of its day, `is_whole` puts every entry under its line."""
    rows = ledger(found, definition_of(enrolment.standard_version))
    html = ledger_rows(rows, enrolment=enrolment.pk, is_own=is_own, as_of=as_of, is_whole=is_whole)
    return Ledger(found.standard_title, found.standard_number, found.done, found.total, found.is_complete, html)


def _judge(enrolment: Enrolment) -> Line:
    found = standings_for([enrolment])[enrolment.pk]
    lines = tuple(_in_one_line(result) for result in found.results)
    return Line(found.done, found.total, found.standard_title, found.standard_number, lines)


def _in_one_line(result: Result) -> WorkLine:
    """The first thing that is missing says enough here; the standing page says the rest."""
    have, need = amount(result.done, result.unit), amount(result.needed, result.unit, with_unit=True)
    missing = result.missing[0] if result.missing else ""
    return WorkLine(result.title, f"{have} of {need}", state_word(result), kind_of(result), missing)
