"""GIFT: questions as text, a blank line between them, the answers in braces. Keys and tags stand in a comment above.

Signs of its own (~ = # { } : and the backslash) are written with a backslash, a line break within a question as "\\n".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from assessments.enums import FileFormat
from assessments.exchange.labels import labels_of, read_labels
from assessments.exchange.markup import Unplain
from assessments.exchange.portable import (
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_QUESTIONS,
    Format,
    Portable,
    Reading,
    Row,
    Unsayable,
    decimal_of,
    key_for,
    one_line,
    plain_number,
    tidy,
    title_for,
)
from assessments.exchange.reading import text_of
from assessments.exchange.weights import (
    FULL,
    Weighed,
    accepted_texts,
    is_close,
    multiple_options,
    percent,
    said_share,
    shares,
    single_options,
    starred,
)
from assessments.exchange.wording import (
    MOODLE,
    PLAIN,
    as_plain,
    as_stem,
    html_of_notes,
    read_notes,
    words_most,
)
from assessments.kinds.base import Draft

SIGNS = "\\~=#{}:"
KEPT = {sign: chr(0xFDE0 + place) for place, sign in enumerate(SIGNS)}  # an escaped sign, while the others are read
LINE = chr(0xFDE0 + len(SIGNS))
GIVEN_BACK = str.maketrans({kept: sign for sign, kept in KEPT.items()} | {LINE: "\n"})
ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in SIGNS} | {"\n": "\\n"})
LONGEST_COMMENT = 4000
BLANK = "_____"
ORDERED = "ALL VERTICAL RELATIVE_NEXT_EXCLUDE_LAST SHOW none"
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_FORM = re.compile(r"\s*\[(html|plain|markdown|moodle)\]", re.IGNORECASE)
_NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:\.[0-9]{1,7})?)%")
_TRUTH = re.compile(r"(TRUE|T|FALSE|F)\s*(#.*)?", re.IGNORECASE | re.DOTALL)
_MARK = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_ORDER = re.compile(r">\s*([0-9]*)([^\n]*)\n(.*)", re.DOTALL)
_RANGE = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)


@dataclass
class _Block:
    """The lines of one question, without its comments, and what its comments say."""

    line: int
    lines: list[str] = field(default_factory=list)
    key: str = ""
    labels: list[str] = field(default_factory=list)


class Gift(Format):
    name, label = FileFormat.GIFT.value, FileFormat.GIFT.label
    extension = "txt"
    content_type = "text/plain"
    holds = frozenset(["single", "multiple", "truefalse", "numeric", "shorttext", "matching", "ordering", "essay"])

    def questions(self, content: bytes) -> list[Callable[[], Row]]:
        found: list[Callable[[], Row]] = []
        category = ""
        block = _Block(0)
        for number, line in enumerate([*text_of(content).split("\n"), ""], start=1):
            words = line.strip()
            if words.startswith("//"):
                _take_comment(block, words)
            elif words.startswith("$CATEGORY:"):
                category = _category(words)
            elif words:
                block.line = block.line or number
                block.lines.append(line)
            elif block.lines:
                found.append(partial(_read, block, category))
                block = _Block(0)
            if len(found) > MOST_QUESTIONS:
                break
        return found

    def say(self, portable: Portable) -> tuple[str, list[str]]:
        remarks: list[str] = []
        body = SAY[portable.kind](portable.draft.content)
        notes = _said_notes(portable)
        if notes and portable.kind == "ordering":
            remarks.append("Left out: its feedback and references, for which an ordering in GIFT has no place.")
        elif notes:
            body = f"{body.rstrip()}\n{notes}" if body else notes
        if portable.kind == "essay":
            remarks += _left_out_of_essay(portable.draft.content)
        if portable.kind == "multiple" and sum(option["correct"] for option in portable.draft.content["options"]) == 11:
            remarks.append("Moodle has no share of 1/11 and rounds it.")
        marks = [_mark("id", portable.key), *(_mark("tag", label) for label in labels_of(portable))]
        title = f"::{portable.title.translate(ESCAPED)}::" if portable.title else ""
        stem = f"[html]{portable.draft.stem.translate(ESCAPED)}"
        return f"// {' '.join(marks)}\n{title}{stem}{{{body}}}", remarks

    def bind(self, said: Sequence[str]) -> bytes:
        return ("\n\n".join(said) + "\n").encode()


# Reading --------------------------------------------------------------------------------------------------------------


def _take_comment(block: _Block, words: str) -> None:
    for name, written in _MARK.findall(words[:LONGEST_COMMENT]):
        value = re.sub(r"\\(.)", r"\1", written)
        if name == "id":
            block.key = value
        else:
            block.labels.append(value)


def _category(words: str) -> str:
    path = words.removeprefix("$CATEGORY:").strip().replace("//", LINE)
    name = path.rstrip("/").rsplit("/", 1)[-1].replace(LINE, "/")
    return "" if name in ("top", "$course$", "$system$", "$module$") else one_line(name)


def _read(block: _Block, category: str) -> Row:
    reading = Reading(f"line {block.line}")
    text = "\n".join(block.lines)[: LONGEST_QUESTION + 1]
    text = _ESCAPE.sub(lambda found: LINE if found[1] == "n" else KEPT[found[1]], text)
    name = _NAME.match(text)
    given = one_line(_back(name[1])) if name else ""
    rest = text[name.end() :] if name else text
    reading.title = title_for(given, _back(rest[:LONGEST_TITLE].split("{")[0]))
    try:
        reading.check_length(len(text))
        return reading.row(_portable(rest, given, block, category, reading))
    except (Unsayable, Unplain) as why:
        return reading.named(str(why))


def _portable(text: str, given: str, block: _Block, category: str, reading: Reading) -> Portable:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 and end < 0:
        raise Unsayable("It is a text without answers in braces.")
    if start < 0 or end < start:
        raise Unsayable("Its braces do not open and close. A blank line ends a question.")
    before, inside, after = text[:start], text[start + 1 : end], text[end + 1 :]
    if "{" in inside or "}" in inside:
        raise Unsayable("It has more than one pair of braces. A brace within a text is written \\{ or \\}.")
    form, words = _form(before, MOODLE)
    words = f"{words.rstrip()} {BLANK} {after.strip()}" if after.strip() else words
    stem = as_stem(_back(words).strip(), form, reading)
    answers, _, notes = inside.partition("####")
    kind, content = _content(answers.strip(), form, reading)
    notes_form, notes = _form(notes, form)
    feedback, references = read_notes(_back(notes).strip(), notes_form, reading)
    fields = {"topic": category} | read_labels(block.labels, reading)
    title = reading.titled(given, stem)
    draft = Draft(stem=stem, feedback=feedback, content=content)
    key = key_for(block.key, title, stem)
    return Portable(key, kind, draft, title=title, references=references, **fields)


def _content(answers: str, form: str, reading: Reading) -> tuple[str, dict]:
    if not answers:
        return "essay", {"words_most": words_most("", reading), "criteria": []}
    if answers.startswith("#"):
        return "numeric", _read_number(answers[1:].strip(), reading)
    if answers.startswith(">"):
        return "ordering", _read_order(answers, form, reading)
    if "~" in answers:
        weighed = _weighed(answers, form, reading)
        if "=" in answers:
            return "single", {"options": single_options(weighed, reading)}
        return "multiple", {"options": multiple_options(weighed, reading)}
    if "=" in answers and "->" in answers:
        return "matching", _read_pairs(answers, form, reading)
    if truth := _TRUTH.fullmatch(answers):
        return "truefalse", _read_truth(truth, form, reading)
    weighed = _weighed(answers if answers.startswith("=") else f"={answers}", PLAIN, reading)
    return "shorttext", {"accepted": accepted_texts(weighed, reading), "is_case_sensitive": False}


def _form(text: str, default: str) -> tuple[str, str]:
    """The format that a text names, and the text without it."""
    found = _FORM.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (default, text)


def _back(text: str) -> str:
    return text.translate(GIVEN_BACK)


def _plain(text: str, default: str, reading: Reading) -> str:
    form, words = _form(text, default)
    return tidy(as_plain(_back(words), form, reading))


def _weighed(answers: str, form: str, reading: Reading) -> list[Weighed]:
    pieces = re.split(r"([~=])", answers)
    if pieces[0].strip():
        raise Unsayable("There are words before its first answer.")
    return [
        _one_weighed(words, FULL if sign == "=" else Decimal(0), form, reading)
        for sign, words in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _one_weighed(words: str, weight: Decimal, form: str, reading: Reading) -> Weighed:
    if found := _WEIGHT.match(words):
        weight, words = percent(found[1]), words[found.end() :]
    text, _, feedback = words.partition("#")
    return Weighed(_plain(text, form, reading), weight, _plain(feedback, form, reading))


def _read_truth(truth: re.Match, form: str, reading: Reading) -> dict:
    is_true = truth[1].upper().startswith("T")
    wrong, _, right = (truth[2] or "")[1:].partition("#")
    feedback = {is_true: _plain(right, form, reading), not is_true: _plain(wrong, form, reading)}
    return {"is_true": is_true, "feedback_true": feedback[True], "feedback_false": feedback[False]}


def _read_number(answers: str, reading: Reading) -> dict:
    weighed = _weighed(answers if answers.startswith("=") else f"={answers}", PLAIN, reading)
    full = [answer for answer in weighed if is_close(answer.weight, FULL)]
    if len(full) != 1:
        raise Unsayable(f"{len(full) or 'No'} answers are worth 100 %. Here a number has exactly one.")
    for answer in weighed:
        if answer is not full[0]:
            reading.remark(f"“{answer.text[:40]}” was worth {plain_number(answer.weight)} %. Here it is not accepted.")
        if answer.feedback:
            reading.remark(f"The feedback on “{answer.text[:40]}” was left out.")
    answer, tolerance = _number(full[0].text)
    return {"answer": answer, "tolerance": tolerance, "unit": "", "accepted_units": []}


def _number(text: str) -> tuple[str, str]:
    """Answer and tolerance of "10", "10:0.5" or "9.5..10.5"."""
    if between := _RANGE.fullmatch(text):
        low, high = decimal_of(between[1].strip()), decimal_of(between[2].strip())
        if low is None or high is None or high < low:
            raise Unsayable(f"“{text[:40]}” is no range of numbers.")
        return plain_number((low + high) / 2), plain_number((high - low) / 2)
    answer, _, tolerance = text.partition(":")
    if decimal_of(answer.strip()) is None or decimal_of(tolerance.strip() or "0") is None:
        raise Unsayable(f"“{text[:40]}” is no plain number.")
    return answer.strip(), tolerance.strip() or "0"


def _read_pairs(answers: str, form: str, reading: Reading) -> dict:
    pairs, extras = [], []
    for place, words in enumerate(answers.split("=")[1:], start=1):
        left, arrow, right = words.partition("->")
        if not arrow:
            raise Unsayable("One of its pairs has no “->”.")
        left, right = _plain(left, form, reading), tidy(_back(right))
        if left:
            pairs.append({"id": str(place), "left": left, "right": right})
        else:
            extras.append({"id": f"x{place}", "text": right})
    return {"pairs": pairs, "extras": extras}


def _read_order(answers: str, form: str, reading: Reading) -> dict:
    found = _ORDER.fullmatch(answers)
    if not found:
        raise Unsayable("Its items do not stand on lines of their own.")
    items = [tidy(_back(line)) for line in found[3].split("\n") if line.strip()]
    settings = found[2].split()
    if (found[1] and int(found[1][:6]) not in (0, len(items))) or "ALL" not in settings:
        reading.remark("Only some of its items were shown at a time. Here all are.")
    if "RELATIVE_NEXT_EXCLUDE_LAST" not in settings:
        reading.remark("It was scored in another way. Here each pair of neighbours that is kept counts.")
    return {"items": [{"id": str(place), "text": text} for place, text in enumerate(items, start=1)]}


# Writing --------------------------------------------------------------------------------------------------------------


def _mark(name: str, value: str) -> str:
    return f"[{name}:{value.replace(chr(92), chr(92) * 2).replace(']', chr(92) + ']')}]"


def _said(text: str) -> str:
    return f"[plain]{text.translate(ESCAPED)}"


def _commented(text: str, feedback: str) -> str:
    return f"{_said(text)}#{_said(feedback)}" if feedback else _said(text)


def _said_notes(portable: Portable) -> str:
    if portable.references:
        return f"####[html]{html_of_notes(portable.draft.feedback, portable.references).translate(ESCAPED)}"
    return f"####{_said(portable.draft.feedback)}" if portable.draft.feedback else ""


def _say_single(content: dict) -> str:
    answers = (
        f"{'=' if option['correct'] else '~'}{_commented(option['text'], option['feedback'])}"
        for option in content["options"]
    )
    return "\n".join(("", *answers, ""))


def _say_multiple(content: dict) -> str:
    answers = (
        f"~%{said_share(share)}%{_commented(option['text'], option['feedback'])}"
        for option, share in zip(content["options"], shares(content["options"]), strict=True)
    )
    return "\n".join(("", *answers, ""))


def _say_truth(content: dict) -> str:
    right, wrong = content["feedback_true"], content["feedback_false"]
    if not content["is_true"]:
        right, wrong = wrong, right
    word = "TRUE" if content["is_true"] else "FALSE"
    return f"{word}#{_said(wrong)}#{_said(right)}" if right or wrong else word


def _say_text(content: dict) -> str:
    if content["is_case_sensitive"]:
        raise Unsayable("Capitals count in its answer, and in GIFT they never do.")
    if any("->" in text for text in content["accepted"]):
        raise Unsayable("An accepted text holds “->”, which GIFT takes for a pair.")
    return " ".join(f"={_led(starred(text))}" for text in content["accepted"])


def _led(text: str) -> str:
    """A short answer; its format is named only where it begins with something that would be read as one, or as a weight."""
    return _said(text) if text.startswith(("[", "%")) else text.translate(ESCAPED)


def _say_number(content: dict) -> str:
    if content.get("parameters"):
        raise Unsayable("Its numbers are drawn for each attempt, and GIFT knows only fixed ones.")
    if content["unit"]:
        raise Unsayable("GIFT has no units, and a number without its unit is not a dose.")
    return f"#{content['answer']}:{content['tolerance']}"


def _say_pairs(content: dict) -> str:
    if any("->" in pair["left"] for pair in content["pairs"]):
        raise Unsayable("A left side holds “->”, which GIFT takes for the sign between the sides.")
    pairs = [f"={_said(pair['left'])} -> {pair['right'].translate(ESCAPED)}" for pair in content["pairs"]]
    extras = [f"= -> {extra['text'].translate(ESCAPED)}" for extra in content["extras"]]
    return "\n".join(("", *pairs, *extras, ""))


def _say_order(content: dict) -> str:
    items = [item["text"].translate(ESCAPED) for item in content["items"]]
    if any(text.startswith(("//", "$CATEGORY:")) for text in items):
        raise Unsayable("An item begins like a comment of GIFT.")
    return "\n".join((f">{len(items)} {ORDERED}", *items, ""))


def _left_out_of_essay(content: dict) -> list[str]:
    remarks = [f"Left out: the limit of {content['words_most']} words."]
    return remarks + (["Left out: what whoever marks it looks for."] if content["criteria"] else [])


SAY: dict[str, Callable[[dict], str]] = {
    "single": _say_single,
    "multiple": _say_multiple,
    "truefalse": _say_truth,
    "shorttext": _say_text,
    "numeric": _say_number,
    "matching": _say_pairs,
    "ordering": _say_order,
    "essay": lambda content: "",
}
