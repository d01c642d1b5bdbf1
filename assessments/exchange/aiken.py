"""Aiken: one question, its lettered options, and a line "ANSWER: B". Single choice only, and nothing but words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from assessments.enums import FileFormat
from assessments.exchange.markup import Unplain, plain_of
from assessments.exchange.portable import (
    MOST_QUESTIONS,
    Format,
    Portable,
    Reading,
    Row,
    Unsayable,
    key_for,
    one_line,
    title_for,
)
from assessments.exchange.reading import text_of
from assessments.exchange.wording import html_of_lines
from assessments.kinds.base import Draft

MOST_LINES = 100
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OPTION = re.compile(r"([A-Z])[.)]\s+(\S.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)")


@dataclass
class _Block:
    """One question while its lines are read. `problem` is the first thing wrong with it."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    problem: str = ""


class Aiken(Format):
    name, label = FileFormat.AIKEN.value, FileFormat.AIKEN.label
    extension = "txt"
    content_type = "text/plain"
    holds = frozenset(["single"])

    def questions(self, content: bytes) -> list[Callable[[], Row]]:
        found: list[Callable[[], Row]] = []
        block: _Block | None = None
        after_blank = False
        for number, line in enumerate(map(str.strip, text_of(content).split("\n")), start=1):
            if len(found) > MOST_QUESTIONS:
                break
            if not line:
                after_blank = True
                continue
            answer = _ANSWER.fullmatch(line)
            if block and block.options and after_blank and not answer and not _next_option(block, line):
                found.append(partial(_row, block, None))
                block = None
            block = block or _Block(number)
            after_blank = False
            if answer:
                found.append(partial(_row, block, answer[1].strip()))
                block = None
            else:
                _take(block, line, number)
        return found if block is None else [*found, partial(_row, block, None)]

    def say(self, portable: Portable) -> tuple[str, list[str]]:
        remarks = _left_out(portable)
        stem = _line(portable.draft.stem, remarks)
        options = [" ".join(option["text"].split()) for option in portable.draft.content["options"]]
        if _OPTION.fullmatch(stem) or _ANSWER.fullmatch(stem):
            raise Unsayable("Its text begins like an option or an answer of Aiken.")
        if any(_ANSWER.fullmatch(option) for option in options) or len(options) > len(LETTERS):
            raise Unsayable("Aiken cannot tell its options apart.")
        right = [place for place, option in enumerate(portable.draft.content["options"]) if option["correct"]]
        if len(right) != 1:
            raise Unsayable("It has no single right option.")
        lines = [stem, *(f"{letter}. {text}" for letter, text in zip(LETTERS, options, strict=False))]
        return "\n".join([*lines, f"ANSWER: {LETTERS[right[0]]}"]), remarks

    def bind(self, said: Sequence[str]) -> bytes:
        return ("\n\n".join(said) + "\n").encode()


def _next_option(block: _Block, line: str) -> str:
    """The text of the option that comes next by its letter, or ""."""
    found = _OPTION.fullmatch(line)
    is_next = found and block.stem and found[1] == LETTERS[min(len(block.options), 25)]
    return found[2] if is_next else ""


def _take(block: _Block, line: str, number: int) -> None:
    if option := _next_option(block, line):
        block.options.append(option)
    elif not block.options and len(block.stem) < MOST_LINES:
        block.stem.append(line)
    else:
        block.problem = block.problem or f"Line {number} is neither the next option nor the answer."


def _row(block: _Block, answer: str | None) -> Row:
    stem = html_of_lines("\n".join(block.stem))
    reading = Reading(f"line {block.line}", title_for("", stem))
    problem = block.problem or _problem(block, answer)
    if problem:
        return reading.named(problem)
    options = [
        {"id": str(place), "text": text, "correct": LETTERS[place] == answer, "feedback": ""}
        for place, text in enumerate(block.options)
    ]
    title = reading.title
    draft = Draft(stem=stem, content={"options": options})
    return reading.row(Portable(key_for("", title, stem), "single", draft, title=title))


def _problem(block: _Block, answer: str | None) -> str:
    if not block.stem:
        return "There is an answer without a question above it."
    if not block.options:
        return "It has no options. They begin with a letter and a point or a bracket: “A. …”."
    if answer is None:
        return "It has no line “ANSWER: ” with the letter of the right option."
    if len(answer) != 1 or answer not in LETTERS[: len(block.options)]:
        return f"Its answer “{answer[:20]}” is the letter of none of its options."
    return ""


def _left_out(portable: Portable) -> list[str]:
    remarks = ["Left out: its key, title, topic and whatever else describes it."]
    options = portable.draft.content["options"]
    if portable.draft.feedback or portable.references or any(option["feedback"] for option in options):
        remarks.append("Left out: feedback and references.")
    return remarks


def _line(stem: str, remarks: list[str]) -> str:
    """The question on one line of plain text. Raises `Unsayable`."""
    try:
        plain, lost = plain_of(stem)
    except Unplain as why:
        raise Unsayable(str(why)) from None
    if lost:
        remarks.append("Its formatting is left out.")
    if "\n" in plain:
        remarks.append("Its lines are joined.")
    return one_line(plain)
