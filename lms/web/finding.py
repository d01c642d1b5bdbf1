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


def find(texts: Mapping[int, Text], words: Sequence[str]) -> Found:
    """The items in which every word begins some word of the title or the text: the best first, equals in their order."""
    scores = {item: score for item, text in texts.items() if (score := _score(text, words))}
    best = sorted(scores, key=lambda item: -scores[item])[:MOST_HITS]
    return Found(len(scores), tuple(_hit(item, texts[item], words) for item in best))


def _score(text: Text, words: Sequence[str]) -> int:
    """0 when some word is missing."""
    score = 0
    for word in words:
        in_title = next(_places(text.folded_title, word), None) is not None
        in_text = sum(1 for _ in islice(_places(text.folded, word), MOST_COUNTED))
        if not in_title and not in_text:
            return 0
        score += TITLE_WEIGHT * in_title + in_text
    return score


def _places(folded: str, word: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where the word begins a word of the text."""
    at = folded.find(word, start, end)
    while at >= 0:
        if at == 0 or not _is_of_a_word(folded[at - 1]):
            yield at
        at = folded.find(word, at + 1, end)


def _is_of_a_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _hit(item: int, text: Text, words: Sequence[str]) -> Hit:
    return Hit(item, _marked(text.title, text.folded_title, words), _passage(text, words))


def _passage(text: Text, words: Sequence[str]) -> tuple[Part, ...]:
    """The stretch of text that has most of the words, the first of equals; its beginning when only the title matches."""
    places = sorted(at for word in words for at in islice(_places(text.folded, word), MOST_LOOKED_AT))
    best = max(places, key=lambda place: _words_from(text, place, words), default=0)
    start = _word_start(text.text, max(0, best - LEAD))
    end = _word_end(text.text, start + LENGTH)
    parts = _marked(text.text[start:end], text.folded[start:end], words)
    before, after = ("… " if start else ""), (" …" if end < len(text.text) else "")
    return tuple(part for part in (Part(before), *parts, Part(after)) if part.text)


def _words_from(text: Text, place: int, words: Sequence[str]) -> int:
    """How many of the words stand in the passage that a match at this place would give."""
    end = place + LENGTH - LEAD
    return sum(next(_places(text.folded, word, place, end), None) is not None for word in words)


def _word_start(text: str, place: int) -> int:
    """The beginning of the first whole word from here on."""
    space = text.find(" ", place - 1) if place else -1
    return space + 1 if 0 <= space < place + LEAD else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", 0, place)
    return space if space > place - LEAD else place


def _marked(text: str, folded: str, words: Sequence[str]) -> tuple[Part, ...]:
    """The text in pieces, with every word that was found a piece of its own."""
    parts, at = [], 0
    for start in sorted({place for word in words for place in _places(folded, word)}):
        end = _REST_OF_WORD.match(folded, start).end()
        parts += [Part(text[at:start]), Part(text[start:end], True)]
        at = end
    return tuple(part for part in (*parts, Part(text[at:])) if part.text)
