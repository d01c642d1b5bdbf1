"""What stands around an item's text on its page, written once for all readers who are equally far.

A `Frame` holds everything that this part of the page shows, and its templates are given nothing else. So what is remembered
under a frame cannot hold anything of the reader who asked first. Two things are each reader's own and are put in afterwards:
the addresses, which are written as those of nobody, and the hidden inputs of the forms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from courses.curriculum.models import EditionItem
from lms.web.memory import remember

NOBODY = 0  # no enrolment has this number
FORM_KEY, TEXT = "<!--form-key-->", "<!--text-->"  # comments, which no title, name or note can bring: those are escaped


class Link(NamedTuple):
    label: str
    url: str


class Line(NamedTuple):
    """One item of a module on the module's own page; without a `url` it is locked, and `reason` says why."""

    title: str
    url: str
    reason: str
    label: str
    kind: str


class Review(NamedTuple):
    """Who reviewed a text and when, as frozen with the edition."""

    reviewer: str
    reviewed_on: date | None
    next_review_on: date | None


class Correction(NamedTuple):
    day: str
    reason: str
    is_safety: bool


@dataclass(frozen=True)
class Frame:
    """Everything that the page of an item shows beside its text and the reader's notes."""

    title: str
    slug: str
    is_lesson: bool
    minutes: int
    program: str
    is_demonstration: bool
    module: Link | None  # None on the module's own page
    percent: int  # of the module's lessons that are done
    review: Review
    errata: tuple[Correction, ...]
    is_done: bool
    can_complete: bool
    what_completes: str
    credits: str
    lines: tuple[Line, ...]
    previous: Link | None
    next: Link | None
    has_notes: bool  # whether she can write notes and keep a bookmark here
    is_bookmarked: bool


@remember(seconds=3600, most=4000)
def written(part: str, frame: Frame, **more: Any) -> SafeString:
    """A part of the page: learning/item/<part>.html, of a frame and whatever else is given. All of it must be hashable."""
    context = {"page": frame, "nobody": NOBODY, "form_key": mark_safe(FORM_KEY), "text": mark_safe(TEXT)}  # noqa: S308 - ours
    return render_to_string(f"learning/item/{part}.html", context | more)


def for_reader(html: str, enrolment: int, *, inputs: Callable[[], str] = str, text: str = "") -> SafeString:
    """What was written for nobody as this reader's own: her addresses, the inputs of each of her forms, the text she reads."""
    html = html.replace(f'"{_address_of(NOBODY)}', f'"{_address_of(enrolment)}')
    first, *rest = html.split(FORM_KEY)
    html = first + "".join(inputs() + part for part in rest)
    return mark_safe(html.replace(TEXT, text))  # noqa: S308 - rendered by us


@remember(seconds=3600, most=5000)
def _address_of(enrolment: int) -> str:
    return reverse("learn_outline", args=[enrolment])


def review_of(found: EditionItem) -> Review:
    days = (found.review.get(name) for name in ("reviewed_on", "next_review_on"))
    return Review(found.review.get("reviewer", ""), *(date.fromisoformat(day) if day else None for day in days))
