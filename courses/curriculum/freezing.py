"""How pages of each kind are frozen into an edition and rendered from it. Higher rooms register their own kinds.

`freeze(page)` returns plain JSON that is complete in itself (no id of a page, image, document or snippet in it, only
keys of activities and sha256 of assets). `render(source)` turns it into HTML, the same for preview and edition.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Page

from courses.curriculum.enums import ActivityKind


@dataclass(frozen=True)
class Link:
    """A link to another page of the curriculum: where it stands, and that page."""

    place: str
    page: Page

    @property
    def sentence(self) -> str:
        return _in_place(self.place, f"A link leads to “{self.page.title}”")


@dataclass
class Frozen:
    """One page, frozen. `asset_ids` are pks of `Asset` rows; `problems` are sentences that forbid publishing. `links` are
    by the key of the activity they lead to; what is found under `placed` says in which field or block it stands.
    `pass_percent` is the pass mark of what is scored, None for anything else."""

    source: dict[str, Any]
    search_text: str
    asset_ids: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    place: str = ""
    pass_percent: int | None = None

    @contextmanager
    def placed(self, place: str) -> Iterator[None]:
        found, self.place = len(self.problems), place
        yield
        self.place = ""
        self.problems[found:] = [_in_place(place, problem) for problem in self.problems[found:]]


def _in_place(place: str, sentence: str) -> str:
    """The sentence with its place before it: “In block 2 (Image), an image …”."""
    if not place:
        return sentence
    begins_plainly = sentence[0].isalpha() and (sentence[1:2] == " " or sentence[1:2].islower())
    return f"In {place}, {sentence[0].lower() if begins_plainly else sentence[0]}{sentence[1:]}"


@dataclass(frozen=True)
class Freezer:
    """`page_model` is a label such as "curriculum.LessonPage"; `renderer_version` rises when `render` changes.

    `text` gives what a source says as plain text, a paragraph on each line, for comparing two of them; without it a page
    only tells that they differ. `search_text` gives what readers search of it; kinds that can be corrected have both.
    """

    kind: ActivityKind
    page_model: str
    freeze: Callable[..., Frozen]
    render: Callable[[dict[str, Any]], str]
    renderer_version: int
    text: Callable[[dict[str, Any]], str] | None = None
    search_text: Callable[[dict[str, Any]], str] | None = None


_freezers: dict[str, Freezer] = {}


def register_freezer(freezer: Freezer) -> None:
    _freezers[freezer.page_model.lower()] = freezer


def freezer_for_page(page) -> Freezer:
    """Raises KeyError for a page class without a freezer: such a page cannot be part of an edition."""
    return _freezers[page._meta.label_lower]


def kind_of_page(page) -> ActivityKind | None:
    """None for a page that cannot be part of an edition."""
    freezer = _freezers.get(page._meta.label_lower)
    return freezer.kind if freezer else None


def freezer_for_kind(kind: str) -> Freezer:
    return next(freezer for freezer in _freezers.values() if freezer.kind == kind)


def page_models(kinds: Collection[str] = ()) -> list[str]:
    """The labels of the pages of these kinds, or of every kind."""
    return [freezer.page_model for freezer in _freezers.values() if not kinds or freezer.kind in kinds]
