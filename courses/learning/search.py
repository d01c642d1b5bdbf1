"""Search in the text of an edition: words in, places and passages out. Plain values, the same on every database.

An edition has some hundred lessons of a few pages, so its text is kept in memory and read from end to end: that is
faster than asking an index, and a word is found in the middle of nothing but where it begins.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 8
MOST_HITS = 50
LEAD, LENGTH = 60, 240  # signs of a passage before the first match, and of all of it
# A word in the title says more than any number in the text.
TITLE_WEIGHT, MOST_COUNTED = 20, 10
MOST_LOOKED_AT = 40  # places of one text, in search of the best passage


@dataclass(frozen=True)
class Part:
    """A piece of text, and whether it is one of the words that were asked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class Text:
    """What one item says; `folded` has as many signs, without accents and capitals."""

    title: str
    text: str
    folded_title: str
    folded: str


@dataclass(frozen=True)
class Hit:
    item: int
    title: tuple[Part, ...]
    passage: tuple[Part, ...]
    score: int


def text_of(title: str, text: str) -> Text:
    """Of a frozen text, which begins with its title; that is said once."""
    text = text.removeprefix(title).strip()
    return Text(title, text, fold(title), fold(text))


def fold(text: str) -> str:
    """Without accents and capitals, sign for sign: "Ångström" -> "angstrom", always as long as the text."""
    return "".join(map(_fold_sign, text))


@lru_cache(maxsize=4096)
def _fold_sign(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)[0].lower()[:1]


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once; those after the eighth are left out."""
    return tuple(dict.fromkeys(re.findall(r"\w+", fold(query))))[:MOST_WORDS]


def find(texts: Mapping[int, Text], words: Iterable[str]) -> list[Hit]:
    """The items in which every word begins some word of the title or the text, the best first, then in their order."""
    patterns = [re.compile(rf"\b{re.escape(word)}\w*") for word in words]
    if not patterns:
        return []
    found = [hit for item, text in texts.items() if (hit := _hit(item, text, patterns))]
    return sorted(found, key=lambda hit: -hit.score)


def _hit(item: int, text: Text, patterns: list[re.Pattern]) -> Hit | None:
    score = 0
    for pattern in patterns:
        in_title = len(pattern.findall(text.folded_title))
        in_text = len(pattern.findall(text.folded))
        if not in_title + in_text:
            return None
        score += TITLE_WEIGHT * bool(in_title) + min(in_text, MOST_COUNTED)
    title = _marked(text.title, text.folded_title, patterns)
    return Hit(item, title, _passage(text, patterns), score)


def _passage(text: Text, patterns: list[re.Pattern]) -> tuple[Part, ...]:
    """The stretch of text that has most of the words, the first of equals; its beginning when only the title matches."""
    places = sorted(match.start() for pattern in patterns for match in pattern.finditer(text.folded))
    best = max(places[:MOST_LOOKED_AT], key=lambda place: _words_from(text, place, patterns), default=0)
    start = _word_start(text.text, max(0, best - LEAD))
    end = _word_end(text.text, start + LENGTH)
    parts = _marked(text.text[start:end], text.folded[start:end], patterns)
    before, after = ("… " if start else ""), (" …" if end < len(text.text) else "")
    return tuple(part for part in (Part(before), *parts, Part(after)) if part.text)


def _words_from(text: Text, place: int, patterns: list[re.Pattern]) -> int:
    """How many of the words stand in the passage that a match at this place would give."""
    return sum(bool(pattern.search(text.folded, place, place + LENGTH - LEAD)) for pattern in patterns)


def _word_start(text: str, place: int) -> int:
    """The beginning of the first whole word from here on."""
    space = text.find(" ", place - 1) if place else -1
    return space + 1 if 0 <= space < place + LEAD else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", 0, place)
    return space if space > place - LEAD else place


def _marked(text: str, folded: str, patterns: list[re.Pattern]) -> tuple[Part, ...]:
    """The text in pieces, with every match a piece of its own."""
    spans = sorted({match.span() for pattern in patterns for match in pattern.finditer(folded)})
    parts, at = [], 0
    for start, end in spans:
        if start < at:  # one word of the query begins another one
            continue
        parts += [Part(text[at:start]), Part(text[start:end], True)]
        at = end
    return tuple(part for part in (*parts, Part(text[at:])) if part.text)
