"""Search in texts: words in, places and passages out. Plain values, the same on every database.

An edition has some hundred lessons of a few pages, the public pages are fewer, so their text is kept in memory and read
from end to end, without an index that would differ between databases. A word is found where it begins, never in the
middle of another one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MOST_WORDS = 8
MOST_HITS = 20  # shown of all that are found
LEAD, LENGTH = 60, 240  # signs of a passage before the first match, and of all of it
# A word in the title says more than any number in the text.
TITLE_WEIGHT, MOST_COUNTED = 20, 10
MOST_LOOKED_AT = 12  # places of one text, in search of the best passage
_REST_OF_WORD = re.compile(r"\w*")
_NO_WORD = re.compile(r"\W")


@dataclass(frozen=True)
class Part:
    """A piece of text, and whether it is one of the words that were asked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class Text:
    """What one item says, and the same as it is searched, see `_searchable`."""

    title: str
    text: str
    searched_title: str
    searched: str


@dataclass(frozen=True)
class Hit:
    item: int
    title: tuple[Part, ...]
    passage: tuple[Part, ...]


@dataclass(frozen=True)
class Found:
    """How many items have the words, and the best of them."""

    count: int
    hits: tuple[Hit, ...]


def with_marks(parts: Iterable[Part]) -> SafeString:
    """As HTML. In Python, for it is done some hundred times on a page."""
    texts = (f"<mark>{escape(part.text)}</mark>" if part.is_match else escape(part.text) for part in parts)
    return mark_safe("".join(texts))  # noqa: S308 - each text is escaped


def text_of(title: str, text: str) -> Text:
    """Of a frozen text, which begins with its title; that is said once."""
    text = text.removeprefix(title).strip()
    return Text(title, text, _searchable(title), _searchable(text))


def _searchable(text: str) -> str:
    """Folded, every sign that is of no word a space, and a space before it all. So a word that begins at a place of the text
    stands there after a space, at the very same place, and one plain search finds it."""
    return " " + _NO_WORD.sub(" ", fold(text))


def fold(text: str) -> str:
    """Without accents and capitals, sign for sign: "Ångström" -> "angstrom", always as long as the text."""
    return "".join(map(_fold_sign, text))


@lru_cache(maxsize=4096)
def _fold_sign(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)[0].lower()[:1]


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, folded, each once; those after the eighth are left out."""
    return tuple(dict.fromkeys(re.findall(r"\w+", fold(query))))[:MOST_WORDS]


def find(texts: Mapping[int, Text], words: Sequence[str]) -> Found:
    """The items in which every word begins some word of the title or the text: the best first, equals in their order."""
    scores = {item: score for item, text in texts.items() if (score := _score(text, words))}
    best = sorted(scores, key=lambda item: -scores[item])[:MOST_HITS]
    return Found(len(scores), tuple(_hit(item, texts[item], words) for item in best))


def _score(text: Text, words: Sequence[str]) -> int:
    """0 when some word is missing."""
    score = 0
    for word in words:
        in_title = f" {word}" in text.searched_title
        in_text = text.searched.count(f" {word}")
        if not in_title and not in_text:
            return 0
        score += TITLE_WEIGHT * in_title + min(in_text, MOST_COUNTED)
    return score


def _places(searched: str, word: str) -> Iterator[int]:
    """Where the word begins a word of the text."""
    at = searched.find(f" {word}")
    while at >= 0:
        yield at
        at = searched.find(f" {word}", at + 1)


def _hit(item: int, text: Text, words: Sequence[str]) -> Hit:
    return Hit(item, _marked(text.title, text.searched_title, words), _passage(text, words))


def _passage(text: Text, words: Sequence[str]) -> tuple[Part, ...]:
    """The stretch of text that has most of the words, the first of equals; its beginning when only the title matches."""
    places = sorted(at for word in words for at in islice(_places(text.searched, word), MOST_LOOKED_AT))
    best = max(places, key=lambda place: _words_from(text, place, words), default=0)
    start = _word_start(text.text, max(0, best - LEAD))
    end = _word_end(text.text, start + LENGTH)
    parts = _marked(text.text[start:end], text.searched[start : end + 1], words)
    before, after = ("… " if start else ""), (" …" if end < len(text.text) else "")
    return tuple(part for part in (Part(before), *parts, Part(after)) if part.text)


def _words_from(text: Text, place: int, words: Sequence[str]) -> int:
    """How many of the words stand in the passage that a match at this place would give."""
    end = place + LENGTH - LEAD + 1
    return sum(text.searched.find(f" {word}", place, end) >= 0 for word in words)


def _word_start(text: str, place: int) -> int:
    """The beginning of the first whole word from here on."""
    space = text.find(" ", place - 1) if place else -1
    return space + 1 if 0 <= space < place + LEAD else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", 0, place)
    return space if space > place - LEAD else place


def _marked(text: str, searched: str, words: Sequence[str]) -> tuple[Part, ...]:
    """The text in pieces, with every word that was found a piece of its own."""
    parts, at = [], 0
    for start in sorted({place for word in words for place in _places(searched, word)}):
        end = _REST_OF_WORD.match(searched, start + 1).end() - 1
        parts += [Part(text[at:start]), Part(text[start:end], True)]
        at = end
    return tuple(part for part in (*parts, Part(text[at:])) if part.text)
