"""Finding the words of a glossary in the texts of a lesson. Plain values: HTML in, the same HTML with some words marked out.

Only cleaned HTML is marked, and only its text: nothing inside a tag, a link, a heading or a piece of code, and never a
part of a word. What the text says does not change by a single sign; the definition stands in an attribute of the word.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from typing import Any

_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_NAME = re.compile(r"</?([a-z0-9]+)", re.IGNORECASE)
_LEFT_ALONE = frozenset({"a", "h1", "h2", "h3", "h4", "h5", "h6", "code", "cite", "dfn"})


class Marker:
    """Marks the first place of each term in the texts of one lesson, given in their order. Remembers what it has marked."""

    def __init__(self, terms: Sequence[Mapping[str, Any]]):
        self._unmarked = {term["slug"]: term for term in terms}
        self._slugs: dict[str, str] = {}
        for term in terms:
            for spelling in (term["term"], *term.get("spellings", [])):
                self._slugs.setdefault(_key(spelling), term["slug"])
        self._slugs.pop("", None)
        self._pattern = _pattern(self._slugs)

    def mark(self, html: str) -> str:
        """Cleaned HTML with the terms that were not marked before."""
        parts, at, left_alone = [], 0, 0
        for tag in _TAG.finditer(html):
            parts += [self._marked(html[at : tag.start()], left_alone > 0), tag[0]]
            at = tag.end()
            name = _NAME.match(tag[0])
            if name and name[1].lower() in _LEFT_ALONE:
                left_alone = max(0, left_alone + (-1 if tag[0].startswith("</") else 1))
        return "".join([*parts, self._marked(html[at:], left_alone > 0)])

    def _marked(self, text: str, is_left_alone: bool) -> str:
        if is_left_alone or not self._unmarked or not text.strip():
            return text
        return self._pattern.sub(self._word, text)

    def _word(self, match: re.Match) -> str:
        found = unescape(match[0])
        slug = self._slugs.get(_key(found)) or self._slugs.get(_key(found.lower()), "")
        term = self._unmarked.pop(slug, None)
        if term is None:
            return match[0]
        return (
            f'<dfn class="term" tabindex="0" aria-describedby="term-{escape(term["slug"])}" '
            f'data-definition="{escape(term["definition"])}">{match[0]}</dfn>'
        )


def _key(spelling: str) -> str:
    """Short forms in capitals are told from words: SET is not set."""
    words = " ".join(spelling.split())
    return words if _is_short_form(words) else words.lower()


def _is_short_form(words: str) -> bool:
    return len(words) > 1 and words.isupper()


def _pattern(keys: Mapping[str, str]) -> re.Pattern:
    """Longer spellings first, so that “set and setting” is found before “set”."""
    words = sorted(keys, key=lambda key: (-len(key), key))
    either = "|".join(_expression(key) for key in words)
    return re.compile(rf"(?<![\w&#-])(?:{either})(?![\w-])" if words else r"(?!)")


def _expression(key: str) -> str:
    parts = r"\s+".join(re.escape(escape(word, quote=False)) for word in key.split(" "))
    return parts if _is_short_form(key) else f"(?i:{parts})"
