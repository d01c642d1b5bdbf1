"""The parts of a lesson, and where a passage stands in them: HTML and words in, plain values out.

A note hangs on a part by its id and on a passage by its words. Both are looked for anew in what the lesson says today, so
that a later edition or a correction moves a note, or leaves it behind, but never loses it.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import NamedTuple

from django.utils.text import Truncator

MARK = "block-"
LABEL_MOST = 70
_HEADINGS = frozenset({"h2", "h3", "h4"})


class Part(NamedTuple):
    """One block of a lesson: its id, what it is called in a list, and its words without any space."""

    id: str
    label: str
    words: str


@dataclass(frozen=True)
class LessonText:
    """A lesson as far as notes need it. Bodies of early editions have no parts, but words."""

    parts: tuple[Part, ...]
    words: str

    def place_of(self, part_id: str) -> int:
        """For sorting in the order of the text; what belongs to the whole of it comes first."""
        return next((place for place, part in enumerate(self.parts, 1) if part.id == part_id), 0)


def squeezed(text: str) -> str:
    """Without any space: a browser and a parser never agree on those between two paragraphs."""
    return "".join(text.split())


def lesson_text(html: str) -> LessonText:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return LessonText(tuple(reader.parts), squeezed("".join(reader.all)))


def where(text: LessonText | None, part_id: str, quotation: str) -> str | None:
    """The id of the part at which a note stands today, "" for the whole lesson, None when that is no longer in the text.

    A passage that has moved to another part is found there. `text` is None when the edition has not got the lesson.
    """
    if text is None:
        return None
    parts = {part.id: part for part in text.parts}
    if not quotation:
        return part_id if not part_id or part_id in parts else None
    passage = squeezed(quotation)
    if part_id in parts and passage in parts[part_id].words:
        return part_id
    elsewhere = next((part.id for part in text.parts if passage in part.words), None)
    return "" if elsewhere is None and passage in text.words else elsewhere


class _Reader(HTMLParser):
    """Collects the words of each `<div id="block-…">`, its first heading, and what stands in the place of pictures."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self.all: list[str] = []
        self._id, self._depth = "", 0
        self._words: list[str] = []
        self._heading: list[str] = []
        self._picture = ""
        self._in_heading = False

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "div":
            self._open(attributes)
        elif self._id and tag == "img":
            self._picture = self._picture or attributes.get("alt", "")
        elif self._id and not self._heading:
            self._in_heading |= tag in _HEADINGS or attributes.get("class") == "callout__title"

    def _open(self, attributes: dict[str, str]) -> None:
        if self._id:
            self._depth += 1
        elif attributes.get("id", "").startswith(MARK):
            self._id, self._depth = attributes["id"].removeprefix(MARK), 1
            self._words, self._heading, self._picture, self._in_heading = [], [], "", False

    def handle_endtag(self, tag):
        if tag == "div" and self._id:
            self._depth -= 1
            if self._depth == 0:
                self._close()
        elif tag in _HEADINGS or tag == "p":
            self._in_heading = False
        if self._id:
            self._words.append(" ")

    def _close(self) -> None:
        words = "".join(self._words)
        name = "".join(self._heading).strip() or words.strip() or self._picture
        if name:  # a form for the reader's own answer is no text
            label = Truncator(" ".join(name.split())).chars(LABEL_MOST)
            self.parts.append(Part(self._id, label, squeezed(words)))
        self._id = ""

    def handle_data(self, data):
        self.all.append(data)
        if self._id:
            self._words.append(data)
            if self._in_heading:
                self._heading.append(data)
