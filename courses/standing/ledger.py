"""The standing in words and bars: what the page and the board's print-out show. Pure but for addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from courses.standards.contract import Counted, Excluded, Result, Step
from courses.standards.definition import Definition
from courses.standards.enums import ResultState, Unit
from courses.standing.engine import Standing
from lms.web.templatetags.ui import day, minutes

KINDS = {
    ResultState.MET: "met",
    ResultState.PENDING: "waiting",
    ResultState.WAIVED: "info",
    ResultState.NOT_APPLICABLE: "neutral",
}
SINGULAR = {
    Unit.MODULES: "module",
    Unit.QUIZZES: "quiz",
    Unit.EXAMINATIONS: "examination",
    Unit.ATTEMPTS: "attempt",
    Unit.SESSIONS: "session",
    Unit.CLIENTS: "client",
    Unit.WEEKS: "week",
    Unit.ITEMS: "item",
}


@dataclass(frozen=True)
class Line:
    """One sub-minimum or cap: what it asks, how much is there."""

    label: str
    text: str
    percent: int
    kind: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One requirement of the ledger, opened or closed."""

    key: str
    title: str
    sentence: str
    state: str
    kind: str
    have: str
    need: str
    percent: int
    ticks: tuple[dict[str, Any], ...]
    lines: tuple[Line, ...]
    note: str
    waiting: str
    missing: tuple[str, ...]
    next_steps: tuple[Step, ...]
    counted: tuple[dict[str, Any], ...]
    not_counted: tuple[dict[str, Any], ...]


def ledger(standing: Standing, definition: Definition) -> list[Row]:
    sentences = {line.key: line.sentence for line in definition.requirements}
    return [row_of(result, sentences) for result in standing.results]


def row_of(result: Result, sentences: Mapping[str, str]) -> Row:
    return Row(
        key=result.key,
        title=result.title,
        sentence=sentences[result.key],
        state=state_word(result),
        kind=kind_of(result),
        have=amount(result.done, result.unit),
        need=amount(result.needed, result.unit, with_unit=True),
        percent=percent(result.done, result.needed),
        ticks=tuple(_ticks(result)),
        lines=tuple(line_of(part) for part in result.parts),
        note=result.note,
        waiting=_waiting(result),
        missing=result.missing,
        next_steps=result.next_steps,
        counted=tuple(_entry(row, result.unit) for row in result.counted),
        not_counted=tuple(_entry(row, result.unit) for row in result.excluded),
    )


def line_of(part: Result) -> Line:
    need = amount(part.needed, part.unit, with_unit=True)
    if part.is_cap:
        text = f"{amount(part.done, part.unit)} used of at most {need}"
        return Line(part.title, text, percent(part.done, part.needed), "neutral", "Limit", _cap_note(part))
    text = f"{amount(part.done, part.unit)} of at least {need}" if part.needed else "Nothing is due yet"
    return Line(part.title, text, percent(part.done, part.needed), kind_of(part), state_word(part), part.note)


def kind_of(result: Result) -> str:
    """The colour and shape of a state; what is under way is told apart from what has not begun."""
    if result.state == ResultState.UNMET:
        return "waiting" if has_begun(result) else "neutral"
    return KINDS[result.state]


def has_begun(result: Result) -> bool:
    """Something was done, even if nothing of it counts, such as a quiz that was not passed."""
    return result.is_begun or bool(result.done or result.pending or result.excluded)


def state_word(result: Result) -> str:
    if result.state == ResultState.UNMET:
        return "In progress" if has_begun(result) else "Not started"
    if result.state == ResultState.PENDING:
        return "Waiting for review"
    return ResultState(result.state).label


def amount(value: int, unit: str, *, with_unit: bool = False) -> str:
    """2430 minutes are "40 h 30 min"; five modules are "5", or "5 modules" when the unit is wanted."""
    if unit == Unit.MINUTES:
        return minutes(value)
    noun = SINGULAR[unit] if value == 1 else Unit(unit).label
    return f"{value} {noun}" if with_unit else str(value)


def percent(done: int, needed: int) -> int:
    """Whole percent, never rounded up to a full bar."""
    return 100 if done >= needed else max(0, done * 100 // needed)


def _cap_note(part: Result) -> str:
    """A limit speaks up only once it is reached; until then the line says enough."""
    return part.note if part.done >= part.needed else ""


def _waiting(result: Result) -> str:
    """Said once: what is missing already says how much of it waits."""
    if not result.pending or result.missing:
        return ""
    return f"{amount(result.pending, result.unit, with_unit=True)} more waiting for review."


def _ticks(result: Result) -> Iterable[dict[str, Any]]:
    """Where the sub-minimums lie on the bar of the total. Caps are no goal and get none."""
    for part in result.parts:
        if not part.is_cap and part.unit == result.unit and 0 < part.needed <= result.needed:
            label = f"{part.title}: at least {amount(part.needed, part.unit, with_unit=True)}"
            yield {"percent": percent(part.needed, result.needed), "label": label}


def _entry(row: Counted | Excluded, unit: str) -> dict[str, Any]:
    label, on = row.evidence.label, day(row.evidence.on)
    return {
        "text": label if on in label else f"{label}, {on}",
        "value": amount(row.amount, unit) if unit == Unit.MINUTES or row.amount != 1 else "",
        "reason": getattr(row, "reason", ""),
    }
