"""Two texts compared word by word: plain strings in, plain values out.

A text is words with a line break between its paragraphs. Paragraphs are matched first, words only where paragraphs
differ, so that the time it takes stays within bounds however long a lesson is.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

BREAK = "\n"
MOST_PAIRS = 250_000  # above it, a rewritten stretch is shown whole as taken out and put in
AROUND = 14  # unchanged words that stay in sight on either side of a change
_TOKENS = re.compile(r"\n|[^\s]+")


class Stretch(NamedTuple):
    """Words that stand in both texts ("same"), in the old one alone ("out") or in the new one alone ("in").

    `hidden` counts the words of a long unchanged stretch that are folded away at its end.
    """

    kind: str
    words: tuple[str, ...]
    hidden: int = 0

    @property
    def paragraphs(self) -> list[str]:
        """The words as they are read, one text for each paragraph that the stretch touches."""
        texts, paragraph = [], []
        for word in self.words:
            if word == BREAK:
                texts.append(" ".join(paragraph))
                paragraph = []
            else:
                paragraph.append(word)
        return [*texts, " ".join(paragraph)]


def words_of(text: str) -> list[str]:
    """Words and line breaks, blank lines left out."""
    lines = [" ".join(line.split()) for line in text.split(BREAK)]
    return _TOKENS.findall(BREAK.join(line for line in lines if line))


def compare_words(old: str, new: str) -> list[Stretch]:
    """The stretches that lead from one text to the other, in order. Without "out" they are the new text."""
    stretches: list[Stretch] = []
    old_lines, new_lines = _lines(words_of(old)), _lines(words_of(new))
    for kind, a, b, c, d in SequenceMatcher(None, old_lines, new_lines, autojunk=False).get_opcodes():
        before, after = _joined(old_lines[a:b]), _joined(new_lines[c:d])
        stretches += [Stretch("same", before)] if kind == "equal" else _compare_stretch(before, after)
    return _merged(stretches)


def _lines(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Paragraphs as tuples of words, each with the break that ends it."""
    lines: list[tuple[str, ...]] = []
    line: list[str] = []
    for word in words:
        line.append(word)
        if word == BREAK:
            lines.append(tuple(line))
            line = []
    return [*lines, tuple(line)] if line else lines


def _joined(lines: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line)


def _compare_stretch(old: tuple[str, ...], new: tuple[str, ...]) -> list[Stretch]:
    if len(old) * len(new) > MOST_PAIRS:
        return [Stretch("out", old), Stretch("in", new)]
    stretches = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            stretches.append(Stretch("same", old[a:b]))
        else:
            stretches += [Stretch("out", old[a:b]), Stretch("in", new[c:d])]
    return stretches


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours of one kind as one, empty ones left out."""
    filled = (stretch for stretch in stretches if stretch.words)
    return [
        Stretch(kind, _joined(stretch.words for stretch in group))
        for kind, group in groupby(filled, key=lambda stretch: stretch.kind)
    ]


def is_changed(stretches: Iterable[Stretch]) -> bool:
    return any(stretch.kind != "same" for stretch in stretches)


def folded(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The same for readers: of long unchanged stretches only the words beside a change."""
    shown: list[Stretch] = []
    for number, stretch in enumerate(stretches):
        before = AROUND if number else 0
        after = AROUND if number + 1 < len(stretches) else 0
        hidden = len(stretch.words) - before - after
        if stretch.kind != "same" or hidden < AROUND:
            shown.append(stretch)
            continue
        shown.append(Stretch("same", stretch.words[:before], hidden))
        if after:
            shown.append(Stretch("same", stretch.words[-after:]))
    return shown
