"""The labelled notes: invented reflections, half of them to tune the guard by and half held out.

A file is a list of notes, one a line, under headings "= class". In `identified-*.txt` the identifier stands between
double brackets; a line break inside a note is written \\n. The held-out halves are for measuring alone: whoever changes a
rule reads the development halves only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
HALVES = ("development", "held-out")
# The classes whose recall must be nearly whole, and for which only a hard stop counts as found.
HARD = ("phone", "email", "ssn", "mrn", "url", "full_date")
MARK = re.compile(r"\[\[(.*?)\]\](?!\])", re.DOTALL)


@dataclass(frozen=True)
class Note:
    """`start` and `end` are the place of the identifier; both 0 in a note that holds none."""

    kind: str
    text: str
    start: int = 0
    end: int = 0

    @property
    def is_hard(self) -> bool:
        return self.kind in HARD


def identified(half: str) -> Iterator[Note]:
    for kind, line in _lines(f"identified-{half}.txt"):
        yield marked(kind, line)


def plain(half: str) -> Iterator[Note]:
    for kind, line in _lines(f"plain-{half}.txt"):
        yield Note(kind, line)


def marked(kind: str, line: str) -> Note:
    """The note of a line whose identifier stands between double brackets."""
    mark = MARK.search(line)
    text = line[: mark.start()] + mark[1] + line[mark.end() :]
    return Note(kind, text, mark.start(), mark.start() + len(mark[1]))


def _lines(name: str) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            kind = line[2:]
        else:
            yield kind, line.replace("\\n", "\n")
