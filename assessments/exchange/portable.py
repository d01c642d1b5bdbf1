"""What a question is apart from the bank and from any format, and what a file of questions gives: one row for each.

Nothing is dropped in silence. A question that a format or the bank cannot hold becomes a row with the reason; what is lost
within a question becomes a remark of its row.
"""

import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, ClassVar

from django.utils.text import slugify

from assessments.exchange.markup import canonical_html, text_of_html
from assessments.kinds.base import Draft, as_html
from lms.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_QUESTIONS = 1000
MOST_SECONDS = 20
FEW, FEW_MAY_TAKE = 20, 3  # so many questions may take so many times as long before they are left to the background
LONGEST_QUESTION, LONGEST_HTML = 100_000, 20_000
LONGEST_KEY, LONGEST_TITLE = 80, 200
_BREAKS = re.compile(r"[ \t\n\r\f\v\u2028\u2029]+")
GAP = re.compile(r"\[\[([0-9]{1,2})\]\]")


class UnusableFile(Refusal):
    """The file as a whole cannot be read. The sentence names the place."""

    code = "unusable_file"


class Unsayable(Exception):
    """One question cannot be said here. Its message is the reason, a sentence."""


class TakesLonger(Exception):
    """Reading takes longer than somebody should wait for a page."""


class Watch:
    """How many questions of a file were read, and how much work that was; asked after each one.

    `tell` hears how many are done, and of how many. `at_most` are seconds of work after which to stop with `TakesLonger`;
    how busy the machine is with other things does not count.
    """

    def __init__(self, *, at_most: float | None = None, tell: Callable[[int, int], object] = lambda done, total: None):
        self.began, self.at_most, self.tell, self.total = time.thread_time(), at_most, tell, 0

    def begin(self, total: int) -> None:
        """Raises `UnusableFile` for more questions than are read."""
        self.total = total
        if total > MOST_QUESTIONS:
            raise UnusableFile(f"This file has more than {MOST_QUESTIONS} questions. Split it into smaller ones.")

    def check(self, number: int) -> None:
        """Raises `UnusableFile` and `TakesLonger`."""
        self.tell(number, self.total)
        took = time.thread_time() - self.began
        if took > MOST_SECONDS:
            raise UnusableFile(f"Question {number} is where reading took too long. Split the file into smaller ones.")
        if self.at_most is not None and took > (self.at_most if self.total > FEW else FEW_MAY_TAKE * self.at_most):
            raise TakesLonger


@dataclass(frozen=True)
class Portable:
    """A question. `draft.content` has the shapes of the kinds; ids in it stand for places and mean nothing beyond it.

    An empty `topic` or `title` means that the file names none.
    """

    key: str
    kind: str
    draft: Draft
    title: str = ""
    topic: str = ""
    competency: str = ""
    difficulty: str = ""
    critical: bool = False
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One question of a file, in its order: what it says, or why it cannot be said."""

    place: str
    title: str
    portable: Portable | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """A file, and one row for each question that was to be in it; those with a reason are not."""

    content: bytes
    rows: tuple[Row, ...]


class Format:
    """One format of files. `holds` are the kinds that it can say; `extension` and `content_type` are of what it writes."""

    name: ClassVar[str]
    label: ClassVar[str]
    extension: ClassVar[str]
    content_type: ClassVar[str]
    holds: ClassVar[frozenset[str]]

    def read(self, content: bytes) -> list[Row]:
        """Every question of the file. Raises `UnusableFile`."""
        return list(self.rows(content, Watch()))

    def rows(self, content: bytes, watch: Watch) -> Iterator[Row]:
        """One after the other, with an eye on the watch. Raises `UnusableFile` and `TakesLonger`."""
        questions = self.questions(content)
        watch.begin(len(questions))
        for number, read in enumerate(questions, start=1):
            if row := read():
                yield row
            watch.check(number)

    def questions(self, content: bytes) -> Sequence[Callable[[], Row | None]]:
        """The file in pieces, found quickly: each reads one question when it is called. Raises `UnusableFile`."""
        raise NotImplementedError

    def write(self, portables: Sequence[Portable]) -> Export:
        """A file with all questions that the format can say, and a row for each that was given."""
        said, rows = [], []
        for portable in map(canonical, portables):
            try:
                self._check(portable)
                part, remarks = self.say(portable)
            except Unsayable as why:
                rows.append(Row(portable.key, portable.title, reason=str(why)))
            else:
                said.append(part)
                rows.append(Row(portable.key, portable.title, portable, remarks=tuple(remarks)))
        return Export(self.bind(said), tuple(rows))

    def _check(self, portable: Portable) -> None:
        if portable.kind not in self.holds:
            raise Unsayable(f"{self.label} has no question of this kind.")
        if has_odd_characters(portable):
            raise Unsayable("It holds a control character, which files of text cannot carry. Delete it and try again.")

    def say(self, portable: Portable) -> tuple[Any, list[str]]:
        """One question as this format says it, and what is lost. Raises `Unsayable`."""
        raise NotImplementedError

    def bind(self, said: Sequence[Any]) -> bytes:
        """The file of what was said."""
        raise NotImplementedError


# One spelling for everything that means the same ----------------------------------------------------------------------


def canonical(portable: Portable) -> Portable:
    """The same question in one spelling: trimmed, one sign for a new line, cleaned HTML, ids by place."""
    draft = Draft(
        stem=canonical_html(portable.draft.stem),
        feedback=tidy(portable.draft.feedback),
        content=canonical_content(portable.kind, portable.draft.content),
    )
    return replace(
        portable,
        key=portable.key.strip(),
        draft=draft,
        title=one_line(portable.title),
        topic=one_line(portable.topic),
        competency=one_line(portable.competency),
        difficulty=one_line(portable.difficulty),
        references=tuple(line for line in map(one_line, portable.references) if line),
    )


def tidy(text: Any) -> str:
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: Any) -> str:
    return " ".join(str(text or "").split())


def flat(text: Any) -> str:
    """Text of one line; unlike in `one_line`, spaces that do not break stay."""
    return _BREAKS.sub(" ", str(text or "")).strip()


def canonical_content(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Only what belongs to the kind, in its order. A kind without a shape of its own here keeps what it has, trimmed."""
    shape = CONTENT.get(kind)
    return shape(content) if shape else _trimmed(content)


def _options(options: Sequence[dict]) -> list[dict]:
    return [
        {
            "id": str(place),
            "text": flat(option["text"]),
            "correct": _flag(option["correct"] or False),
            "feedback": tidy(option.get("feedback")),
        }
        for place, option in enumerate(options, start=1)
    ]


def _flag(value: Any) -> bool:
    """Raises `ValueError`: the word "false" must never count as true."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _choice(content: dict) -> dict:
    return {"options": _options(content.get("options", []))}


def _truefalse(content: dict) -> dict:
    return {
        "is_true": _flag(content["is_true"]),
        "feedback_true": tidy(content.get("feedback_true")),
        "feedback_false": tidy(content.get("feedback_false")),
    }


def _numeric(content: dict) -> dict:
    said: dict[str, Any] = {
        "answer": plain_number(content.get("answer")),
        "tolerance": plain_number(content.get("tolerance")) or "0",
        "unit": one_line(content.get("unit")),
        "accepted_units": [unit for unit in map(one_line, content.get("accepted_units") or []) if unit],
    }
    if content.get("parameters"):
        said["parameters"] = [
            {"name": one_line(row["name"])} | {end: plain_number(row[end]) for end in ("low", "high", "step")}
            for row in content["parameters"]
        ]
        said["formula"] = one_line(content.get("formula"))
    return said


def _shorttext(content: dict) -> dict:
    accepted = [text for text in map(one_line, content.get("accepted", [])) if text]
    return {"accepted": accepted, "is_case_sensitive": _flag(content.get("is_case_sensitive") or False)}


def _matching(content: dict) -> dict:
    return {
        "pairs": [
            {"id": str(place), "left": flat(pair["left"]), "right": flat(pair["right"])}
            for place, pair in enumerate(content.get("pairs", []), start=1)
        ],
        "extras": _texts(content.get("extras") or [], "x"),
    }


def _ordering(content: dict) -> dict:
    return {"items": _texts(content.get("items", []))}


def _texts(rows: Sequence[dict], before: str = "") -> list[dict]:
    return [{"id": f"{before}{place}", "text": flat(row["text"])} for place, row in enumerate(rows, start=1)]


def _cloze(content: dict) -> dict:
    """Gaps are numbered as they stand in the text."""
    gaps = {str(gap["id"]): gap for gap in content.get("gaps", [])}
    text = canonical_html(as_html(tidy(content.get("text"))))
    order = [id_ for id_ in dict.fromkeys(GAP.findall(text)) if id_ in gaps]
    order += [id_ for id_ in gaps if id_ not in order]
    numbers = {id_: str(place) for place, id_ in enumerate(order, start=1)}
    text = GAP.sub(lambda found: f"[[{numbers.get(found[1], found[1])}]]", text)
    return {"text": text, "gaps": [{"id": numbers[id_]} | _gap(gaps[id_]) for id_ in order]}


def _gap(gap: dict) -> dict:
    if gap.get("options"):
        return {
            "options": [
                {"id": str(place), "text": flat(option["text"]), "correct": _flag(option["correct"] or False)}
                for place, option in enumerate(gap["options"], start=1)
            ]
        }
    return {"accepted": [text for text in map(one_line, gap.get("accepted", [])) if text]}


def _essay(content: dict) -> dict:
    criteria = [text for text in map(flat, content.get("criteria") or []) if text]
    return {"words_most": int(content.get("words_most") or 0), "criteria": criteria}


def _vignette(content: dict) -> dict:
    return {
        "questions": [
            {
                "id": str(place),
                "kind": str(question["kind"]),
                "stem": canonical_html(str(question["stem"])),
                "feedback": tidy(question.get("feedback")),
                "data": canonical_content(str(question["kind"]), question.get("data") or {}),
            }
            for place, question in enumerate(content.get("questions", []), start=1)
        ]
    }


def _scenario(content: dict) -> dict:
    """The step with which the story begins comes first; all others stay in their order."""
    start = one_line(content.get("start"))
    nodes = [_node(node) for node in content.get("nodes", [])]
    return {"start": start, "nodes": sorted(nodes, key=lambda node: node["id"] != start)}


def _node(node: dict) -> dict:
    said: dict[str, Any] = {
        "id": one_line(node["id"]),
        "text": canonical_html(as_html(tidy(node["text"]))),
        "choices": [
            {
                "id": f"{one_line(node['id'])}-{place}",
                "text": flat(choice["text"]),
                "to": one_line(choice["to"]),
                "feedback": tidy(choice.get("feedback")),
            }
            for place, choice in enumerate(node.get("choices") or [], start=1)
        ],
    }
    if said["choices"]:
        return said
    return said | {
        "outcome": one_line(node.get("outcome")),
        "points": plain_number(node.get("points")),
        "debrief": tidy(node.get("debrief")),
    }


CONTENT = {
    "single": _choice,
    "multiple": _choice,
    "truefalse": _truefalse,
    "numeric": _numeric,
    "shorttext": _shorttext,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "essay": _essay,
    "vignette": _vignette,
    "scenario": _scenario,
}


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _trimmed(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_trimmed(inner) for inner in value]
    return tidy(value) if isinstance(value, str) else value


def plain_number(value: Any) -> str:
    """A finite number without an exponent or needless zeros; whatever else stands there stays as it is."""
    text = one_line(value)
    number = decimal_of(text)
    if number is None:
        return text
    said = format(number.normalize(), "f")
    return "0" if said == "-0" else said


def decimal_of(text: str) -> Decimal | None:
    """A finite decimal of a reasonable length, or None."""
    try:
        number = Decimal(text) if len(text) <= 60 else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number.adjusted()) <= 60 else None


def has_odd_characters(portable: Portable) -> bool:
    return any(_is_odd(character) for text in _texts_in(portable) for character in text)


def _is_odd(character: str) -> bool:
    """One that XML may not hold, or that text files do not carry unchanged."""
    if character in "\n\t":
        return False
    code = ord(character)
    return unicodedata.category(character) in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _texts_in(value: Any):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_in(inner)
    elif isinstance(value, Portable | Draft):
        yield from _texts_in(vars(value))


# Keys -----------------------------------------------------------------------------------------------------------------


def key_for(given: str, title: str, stem: str) -> str:
    """The key that a file names, as the bank can hold it; without one, a key made of the words, the same at every reading."""
    given = given.strip()
    if given and given == slugify(given) and len(given) <= LONGEST_KEY:
        return given
    if re.fullmatch(r"[-\w]+", given, re.ASCII) and len(given) <= LONGEST_KEY:
        return given
    words = given or title or text_of_html(stem)
    digest = sha256((given or f"{title}\n{stem}").encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slugify(words.replace('_', ' '))[:50].strip('-') or 'question'}-{digest}"


def title_for(given: str, stem: str) -> str:
    """The title of the file, or the first words of the question."""
    words = one_line(given) or one_line(text_of_html(stem)) or "Question without a title"
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1] + "…"


@dataclass
class Reading:
    """What is gathered while one question of a file is read."""

    place: str
    title: str = ""
    remarks: list[str] = field(default_factory=list)

    def titled(self, given: str, stem: str) -> str:
        """The title; one that is shortened is named."""
        if len(one_line(given)) > LONGEST_TITLE:
            self.remark(f"Its title is shortened to {LONGEST_TITLE} characters.")
        return title_for(given, stem)

    def check_length(self, number: int) -> None:
        if number > LONGEST_QUESTION:
            raise Unsayable(f"It is longer than {LONGEST_QUESTION} characters.")

    def remark(self, *sentences: str) -> None:
        self.remarks += [sentence for sentence in sentences if sentence and sentence not in self.remarks]

    def row(self, portable: Portable) -> Row:
        return Row(self.place, portable.title, canonical(portable), remarks=tuple(self.remarks))

    def named(self, reason: str) -> Row:
        return Row(self.place, self.title or "Question without a title", reason=reason, remarks=tuple(self.remarks))
