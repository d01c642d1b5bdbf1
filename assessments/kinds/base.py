"""What every kind of question can do.

An author's words are frozen once into plain JSON (`freeze`). At the start of an attempt the server decides by chance what
chance decides (`arrange`) and keeps it; every later method is given it as `drawn`. A trainee sees what `present` gives, which
holds no key; what she sends is read by `parse` and scored by `score`; after submission `explain` says what was right, and why.
When a frozen key was wrong, `key_fields` and `read_key` say how a director writes another, and `with_key` lays it over the data.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from django.utils.html import linebreaks

from assessments.kinds.keys import Key, KeyField
from assessments.kinds.story import Station
from lms.html import clean_html, plain_text

Data = dict[str, Any]
Response = dict[str, Any]
Sent = Mapping[str, Sequence[str]]
Drawn = Mapping[str, Any]  # the slot of an attempt, with what `arrange` has put into it

LONGEST_STEM = 6000
LONGEST_FEEDBACK = 2000
FOREIGN = "That option does not belong to this question. Reload the page and choose again."


class Unusable(Exception):
    """What the author wrote cannot be asked. `problems` maps an authoring field to the sentence that stands beside it."""

    def __init__(self, problems: dict[str, str]):
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class Unreadable(Exception):
    """What the trainee sent is no answer to this question. Its message is the sentence she reads."""


@dataclass(frozen=True)
class Line:
    """One line of an explained answer. `is_right` is None where nothing may be said about it yet."""

    text: str
    was_chosen: bool
    is_right: bool | None
    feedback: str = ""


@dataclass(frozen=True)
class Row:
    """One thing that was asked for by name: a pair, a gap, a place in an order. `expected` is "" until it may be shown."""

    label: str
    given: str
    is_right: bool | None
    expected: str = ""


@dataclass(frozen=True)
class Part:
    """One question of a vignette, with its own explanation. `points` are its share, from 0 to 1."""

    stem: str
    points: Fraction
    was_answered: bool
    explained: "Explained"

    @property
    def word(self) -> str:
        return verdict_on(self.points, was_answered=self.was_answered)[0]

    @property
    def tone(self) -> str:
        return verdict_on(self.points, was_answered=self.was_answered)[1]


@dataclass(frozen=True)
class Step:
    """One step of a story: what was so, what she did, and what is to be said about it. All but `choice` is clean HTML or text."""

    text: str
    choice: str
    feedback: str


@dataclass(frozen=True)
class Ending:
    """Where a story ended. `text` is clean HTML."""

    text: str
    is_safe: bool
    debrief: str


@dataclass(frozen=True)
class Explained:
    """A question after submission; each kind fills what it has. `text` is clean HTML that `rows` speak of.

    `given` and `expected` are for one answer in words, `note` says how the points came about, `criteria` what a person marks by.
    """

    lines: tuple[Line, ...] = ()
    text: str = ""
    rows: tuple[Row, ...] = ()
    steps: tuple[Step, ...] = ()
    ending: Ending | None = None
    parts: tuple[Part, ...] = ()
    given: str = ""
    expected: str = ""
    note: str = ""
    criteria: tuple[str, ...] = ()
    feedback: str = ""


@dataclass
class Draft:
    """What an author wrote: the question itself, and as plain JSON what belongs to its kind alone (see each kind)."""

    stem: str
    feedback: str = ""
    content: dict[str, Any] = field(default_factory=dict)


class QuestionKind:
    """Subclass, set the attributes, implement the methods. `template` shows the answer's inputs.

    All methods are pure: the same arguments give the same result, and none asks the database or the clock.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]
    credit: ClassVar[str] = ""  # how less than everything earns something, for the rules of a quiz
    is_marked_by_hand: ClassVar[bool] = False  # then `score` gives nothing for an answer, and a person does
    is_answered_in_steps: ClassVar[bool] = False  # then each save is final, and `parse` is given what was saved before
    step_button: ClassVar[str] = ""  # what the button of a final step says
    has_key: ClassVar[bool] = True  # otherwise no other answer can be declared right

    def freeze(self, draft: Draft) -> Data:
        """Plain JSON, complete in itself. Raises `Unusable` with every problem at once."""
        problems = common_problems(draft) | self.problems(draft)
        if problems:
            raise Unusable(problems)
        return {"stem": str(clean_html(draft.stem)), "feedback": draft.feedback.strip()} | self.frozen_part(draft)

    def problems(self, draft: Draft) -> dict[str, str]:
        raise NotImplementedError

    def frozen_part(self, draft: Draft) -> Data:
        raise NotImplementedError

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        """What chance decides for one attempt: nothing, unless a kind says otherwise."""
        return {}

    def worded(self, text: str, data: Data, drawn: Drawn) -> str:
        """The clean HTML of a stem as this attempt asks it: the same for all, unless chance has drawn values for it."""
        return text

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        """What the page may show before submission: no key and no feedback in it."""
        raise NotImplementedError

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        """What of a refused answer is shown again, laid over what `present` gives."""
        return {}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        """The whole answer after what was sent now; `earlier` is the one saved before, for kinds that are answered in steps.

        Raises `Unreadable` with a sentence for anything that is no answer to this question.
        """
        raise NotImplementedError

    def is_complete(self, data: Data, drawn: Drawn, response: Response | None) -> bool:
        """Whether nothing is left to answer."""
        return response is not None

    def goes_on(self, data: Data, drawn: Drawn, response: Response) -> bool:
        """Whether this answer has opened something that is to be read on the same page before the next question."""
        return False

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction | None:
        """From 0 to 1; no answer is 0. None only for an answer that a person marks."""
        raise NotImplementedError

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        """With `reveal` the key and the general feedback too; without, only what concerns the answer given."""
        raise NotImplementedError

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        """The answer in words, for the page on which she looks over everything before submitting."""
        raise NotImplementedError

    def overview(self, data: Data) -> list[Station]:
        """Every step of a story, for its authors alone; nothing for other kinds."""
        return []

    # Another key, when the frozen one was wrong

    def key_in_words(self, data: Data) -> str:
        """What is right, for whoever decides whether it is; "" where nothing is."""
        return ""

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        """The fields for another key, filled with the present one where that helps. None: the opposite is meant."""
        return ()

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        """What the fields say, as a key. Raises `Unusable`, by field, for what is none."""
        raise NotImplementedError

    def with_key(self, data: Data, key: Key) -> Data:
        """The frozen data under this key; an empty key changes nothing. `key` was checked by `check_key`."""
        return {**data, **key}

    def check_key(self, data: Data, key: Key) -> None:
        """Raises `Unusable` for a key that is none, or with which nobody could have written the question."""
        changed = self.with_key(data, key)
        self.freeze(Draft(stem=changed["stem"], feedback=changed["feedback"], content=changed))

    def can_accept(self, data: Data, key: Key) -> bool:
        """Whether this key and the present one can hold side by side."""
        return self.has_key

    def can_compute(self, data: Data, drawn: Drawn) -> bool:
        """Whether the data have a key for what chance has drawn."""
        return True

    def best_of(self, versions: Sequence[Data], drawn: Drawn, response: Response | None) -> Data:
        """Of the same question under several keys the one under which this answer earns most, the first of equals."""
        return max(versions, key=lambda data: self.score(data, drawn, response))


TO_BE_MARKED = "Awaiting marking"


def verdict_on(points: Fraction | None, *, was_answered: bool) -> tuple[str, str]:
    """The word for what an answer earned, and its tone. `points` are None while a person has yet to mark it."""
    if not was_answered:
        return "Not answered", "waiting"
    if points is None:
        return TO_BE_MARKED, "waiting"
    if points == 1:
        return "Right", "met"
    return ("Partly right", "waiting") if points else ("Not right", "critical")


def common_problems(draft: Draft) -> dict[str, str]:
    problems = {}
    if not plain_text(draft.stem):
        problems["stem"] = "Write the question."
    elif len(draft.stem) > LONGEST_STEM:
        problems["stem"] = f"Keep the question under {LONGEST_STEM} characters."
    if len(draft.feedback) > LONGEST_FEEDBACK:
        problems["feedback"] = f"Keep the feedback under {LONGEST_FEEDBACK} characters."
    return problems


def as_html(text: str) -> str:
    """Clean HTML of what an author wrote, with paragraphs where she wrote plain text. Doing it twice changes nothing."""
    return str(clean_html(text if "<" in text else linebreaks(text.strip(), autoescape="&" not in text)))


def in_lines(text: str) -> str:
    """The text as it was written, line by line, whatever a browser put between the lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def one_value(sent: Sent, name: str) -> str:
    """The single value sent under `name`, or "". Raises `Unreadable` when it came more than once."""
    values = sent.get(name, ())
    if len(values) > 1:
        raise Unreadable("This answer came twice. Reload the page and give it again.")
    return values[0] if values else ""


def one_text(sent: Sent, name: str, *, most: int) -> str:
    """The single text sent under `name`, or "". Raises `Unreadable` for one that is too long or cannot be kept."""
    text = one_value(sent, name)
    if len(text) > most:
        raise Unreadable(f"This is too long: write at most {most} characters.")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in text):
        raise Unreadable("This holds signs that cannot be kept. Type the answer instead of pasting it.")
    return text.strip()


def numbered(sent: Sent, name: str, count: int) -> dict[int, str]:
    """What was sent under `name-1` to `name-count`, by number, without what is empty.

    Raises `Unreadable` for any other number, and for a number that came twice.
    """
    known = {f"{name}-{number}": number for number in range(1, count + 1)}
    if any(field.startswith(f"{name}-") and field not in known for field in sent):
        raise Unreadable(FOREIGN)
    values = {number: one_value(sent, field).strip() for field, number in known.items()}
    return {number: value for number, value in values.items() if value}


def place_of(value: str, count: int) -> int:
    """The place from 0 that is named by `value`, which counts from 1. Raises `Unreadable` when there is no such place."""
    if value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= count:
        return int(value) - 1
    raise Unreadable(FOREIGN)


def first(sent: Sent, name: str, *, most: int) -> str:
    """What to show again of a value that was refused, or ""."""
    return "".join(sent.get(name, ())[:1])[:most]


def ids_problem(rows: Sequence[Mapping[str, Any]], one: str) -> str:
    """A sentence that names two rows with the same id, or "". `one` is a word for a row, such as Pair."""
    twice = _first_twice([str(row["id"]) for row in rows])
    if twice is None:
        return ""
    return f"{one} {twice[0]} and {one.lower()} {twice[1]} have the same id. Delete one of them and add it again."


def texts_problem(texts: Sequence[str], one: str, *, most: int, is_case_sensitive: bool = False) -> str:
    """A sentence that names the first text that is empty or too long, or two that say the same; "" when all can be used.

    `one` is a word for a text, such as Option; they are counted from 1.
    """
    for number, text in enumerate(texts, start=1):
        if not text:
            return f"{one} {number} has no text."
        if len(text) > most:
            return f"{one} {number} is too long: keep it under {most} characters."
    twice = _first_twice(texts if is_case_sensitive else [text.casefold() for text in texts])
    return f"{one} {twice[0]} and {one.lower()} {twice[1]} say the same." if twice else ""


def too_long_problem(texts: Sequence[str], what: str, one: str, *, most: int) -> str:
    """The same for texts that may be empty: "The feedback of option 2 is too long"."""
    number = next((number for number, text in enumerate(texts, start=1) if len(text) > most), None)
    return f"{what} {one} {number} is too long: keep it under {most} characters." if number else ""


def _first_twice(values: Sequence[str]) -> tuple[int, int] | None:
    """The numbers, from 1, of the first two that are the same."""
    seen: dict[str, int] = {}
    for number, value in enumerate(values, start=1):
        if value in seen:
            return seen[value], number
        seen[value] = number
    return None
