"""What was noted of an attempt as lines that people read; pure. It describes, and judges nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Protocol, TypedDict

from django.utils import timezone

from assessments.enums import REPORTED, EventKind
from assessments.rules import AnswerRefused, AttemptClosed, StaleAnswer, length_in_words

WHY_REFUSED = {
    AnswerRefused.code: "At that moment it was no answer that could be taken. Nothing that was saved before was lost.",
    StaleAnswer.code: "A newer answer from another window was saved already.",
    AttemptClosed.code: "The attempt was closed by then.",
}


class Noted(Protocol):
    """A row of `AttemptEvent`."""

    kind: str
    at: datetime
    slot: int | None
    device: str
    detail: str


class Line(TypedDict):
    """As `components/timeline.html` takes it."""

    title: str
    when: datetime
    by: str
    body: str


def lines_of(events: Iterable[Noted], devices: Mapping[str, int]) -> list[Line]:
    """One line for each event; what happens again and again while one types, a save or a refusal, is one line."""
    return [_line(list(run), devices) for _, run in groupby(events, key=_run_of)]


def _run_of(event: Noted) -> tuple | int:
    repeats = event.kind in (EventKind.SAVED, EventKind.REFUSED)
    return (event.kind, event.slot, event.detail) if repeats else id(event)


def _line(run: list[Noted], devices: Mapping[str, int]) -> Line:
    first, last = run[0], run[-1]
    body = _body(first)
    if len(run) > 1:
        body = f"{len(run)} times, the last at {timezone.localtime(last.at):%H:%M:%S}. {body}".strip()
    return {"title": _title(first, devices), "when": first.at, "by": _by(first, devices), "body": body}


def _title(event: Noted, devices: Mapping[str, int]) -> str:
    if event.kind == EventKind.OPENED and devices.get(event.device, 1) == 1:
        return "Opened"
    title = EventKind(event.kind).label
    return f"{title}: question {event.slot}" if event.slot else title


def _by(event: Noted, devices: Mapping[str, int]) -> str:
    """Which of several sessions it was; of a single one there is nothing to say."""
    told = "told by the browser" if event.kind in REPORTED else ""
    device = f"device {devices[event.device]}" if len(devices) > 1 and event.device in devices else ""
    return ", ".join(part for part in (told, device) if part)


def _body(event: Noted) -> str:
    if event.kind == EventKind.REFUSED:
        return WHY_REFUSED.get(event.detail, "")
    if event.kind == EventKind.TIME_GIVEN:
        return f"{length_in_words(int(event.detail))} more."
    if event.kind in REPORTED and event.detail not in ("", "0"):
        return f"{length_in_words(int(event.detail))} before it was told, as the browser counts."
    return ""
