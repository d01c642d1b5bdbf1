"""Our own table, as CSV: a question a line, in columns that a spreadsheet shows. It holds every kind.

Lists stand in one cell, one a line. What no column can say stands as JSON in `content`, which then counts alone. A cell that
a spreadsheet would run as a formula is written with an apostrophe before it, which is taken away again.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from assessments.enums import FileFormat
from assessments.exchange.markup import Unplain
from assessments.exchange.portable import (
    MOST_QUESTIONS,
    Format,
    Portable,
    Reading,
    Row,
    Unsayable,
    UnusableFile,
    canonical_content,
    key_for,
    one_line,
)
from assessments.exchange.reading import text_of
from assessments.exchange.wording import HTML, as_stem, html_of_lines
from assessments.kinds.base import Draft

MOST_OPTIONS = 12
DEEPEST = 12
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WORDS = ("key", "title", "topic", "competency", "difficulty", "critical", "kind", "question", "feedback", "references")
ANSWERS = ("answer", "tolerance", "unit", "other_units", "case_sensitive", "words_most", "right")
OPTIONS = tuple(f"{name}_{place}" for place in range(1, MOST_OPTIONS + 1) for name in ("option", "note"))
COLUMNS = (*WORDS, *ANSWERS, *OPTIONS, "content")
YES, NO = ("yes", "true", "1", "x"), ("no", "false", "0", "")
KINDS = frozenset(
    [
        *("single", "multiple", "truefalse", "numeric", "shorttext", "matching", "ordering", "cloze", "essay"),
        *("vignette", "scenario"),
    ]
)
Cells = dict[str, str]


class Table(Format):
    name, label = FileFormat.TABLE.value, FileFormat.TABLE.label
    extension = "csv"
    content_type = "text/csv"
    holds = KINDS

    def questions(self, content: bytes) -> list[Callable[[], Row]]:
        lines = islice(_lines(text_of(content)), MOST_QUESTIONS + 1)
        return [partial(_read, cells, line) for line, cells in lines]

    def say(self, portable: Portable) -> tuple[Cells, list[str]]:
        draft = portable.draft
        cells = {
            "key": portable.key,
            "title": portable.title,
            "topic": portable.topic,
            "competency": portable.competency,
            "difficulty": portable.difficulty,
            "critical": "yes" if portable.critical else "no",
            "kind": portable.kind,
            "question": draft.stem,
            "feedback": draft.feedback,
            "references": "\n".join(portable.references),
        }
        said = FLAT[portable.kind][0](draft.content) if portable.kind in FLAT else None
        if said is None or READ[portable.kind](said) != draft.content:
            said = {"content": json.dumps(draft.content, ensure_ascii=False)}
        return cells | said, []

    def bind(self, said: Sequence[Cells]) -> bytes:
        """Begins with a byte order mark, so that a spreadsheet reads UTF-8."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([guarded(cells.get(column, "")) for column in COLUMNS] for cells in said)
        return b"\xef\xbb\xbf" + out.getvalue().encode()


def guarded(text: str) -> str:
    """What a spreadsheet would run, or what looks as if it were guarded already, gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA) or _is_guarded(text) else text


def unguarded(text: str) -> str:
    return text[1:] if _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    return text.startswith("'") and text.lstrip("'").startswith(FORMULA)


# Reading --------------------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    """Each line of the table that is not empty, with the number of its first line in the file. Raises `UnusableFile`."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        header = [one_line(name).casefold().replace(" ", "_") for name in next(reader, [])]
        _check_header(header)
        line = reader.line_num + 1
        for values in reader:
            if any(value.strip() for value in values):
                yield line, _cells(header, values)
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnusableFile(f"Line {line} is no line of a table: {error}.") from None


def _check_header(header: list[str]) -> None:
    missing = [column for column in ("kind", "question") if column not in header]
    if missing:
        raise UnusableFile(f"The first line must name the columns; “{missing[0]}” is missing.")
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        raise UnusableFile("The first line names a column twice.")


def _cells(header: list[str], values: list[str]) -> Cells:
    cells = dict(zip(header, map(unguarded, values), strict=False))
    if len(values) > len(header) and any(value.strip() for value in values[len(header) :]):
        cells["…"] = "more"
    return cells


def _read(cells: Cells, line: int) -> Row:
    reading = Reading(f"line {line}", one_line(cells.get("title")))
    try:
        return reading.row(_portable(cells, reading))
    except (Unsayable, Unplain) as why:
        return reading.named(str(why))


def _portable(cells: Cells, reading: Reading) -> Portable:
    reading.check_length(sum(map(len, cells.values())))
    kind = one_line(cells.get("kind")).casefold()
    if kind not in KINDS:
        raise Unsayable(f"“{kind[:30]}” is no kind of question. The kinds are {', '.join(sorted(KINDS))}.")
    if "…" in cells:
        raise Unsayable("It has more cells than there are columns.")
    unknown = [name for name, value in cells.items() if value.strip() and name not in COLUMNS]
    if unknown:
        reading.remark(f"Columns left out: {', '.join(name or 'one without a name' for name in unknown)[:120]}.")
    stem = cells["question"]
    stem = as_stem(stem, HTML, reading) if "<" in stem else html_of_lines(stem)
    content = _content(kind, cells)
    title = reading.titled(cells.get("title", ""), stem)
    return Portable(
        key=key_for(one_line(cells.get("key")), title, stem),
        kind=kind,
        draft=Draft(stem=stem, feedback=cells.get("feedback", ""), content=content),
        title=title,
        topic=cells.get("topic", ""),
        competency=cells.get("competency", ""),
        difficulty=cells.get("difficulty", ""),
        critical=_yes(cells, "critical"),
        references=tuple(cells.get("references", "").split("\n")),
    )


def _content(kind: str, cells: Cells) -> dict[str, Any]:
    written = cells.get("content", "").strip()
    if written:
        return _json(kind, written)
    if kind not in READ:
        raise Unsayable(f"A question of the kind {kind} stands as JSON in the column “content”, which is empty.")
    return READ[kind](cells)


def _json(kind: str, written: str) -> dict[str, Any]:
    try:
        content = json.loads(written)
    except (ValueError, RecursionError):
        raise Unsayable("Its column “content” is no JSON.") from None
    if not isinstance(content, dict) or not _is_plain(content, DEEPEST):
        raise Unsayable("Its column “content” is no object of JSON, or is nested too deep.")
    try:
        return canonical_content(kind, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unsayable(f"Its column “content” has not the shape of the kind {kind}.") from None


def _is_plain(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_is_plain(item, depth - 1) for item in inner)


def _yes(cells: Cells, column: str) -> bool:
    word = one_line(cells.get(column)).casefold()
    if word not in YES + NO:
        raise Unsayable(f"“{word[:20]}” in the column “{column}” is neither yes nor no.")
    return word in YES


def _listed(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _read_choice(cells: Cells) -> dict:
    right = set(one_line(cells.get("right")).replace(",", " ").replace(";", " ").split())
    texts = {place: cells.get(f"option_{place}", "") for place in map(str, range(1, MOST_OPTIONS + 1))}
    filled = [place for place, text in texts.items() if text.strip()]
    if not right <= set(filled):
        raise Unsayable("Its column “right” names an option that it does not have. Write numbers, such as 2 or 1 3.")
    return canonical_content(
        "single",
        {
            "options": [
                {"text": texts[place], "correct": place in right, "feedback": cells.get(f"note_{place}", "")}
                for place in filled
            ]
        },
    )


def _read_truefalse(cells: Cells) -> dict:
    word = one_line(cells.get("right")).casefold()
    if word not in ("true", "false"):
        raise Unsayable("Its column “right” is neither true nor false.")
    notes = {"feedback_true": cells.get("note_1", ""), "feedback_false": cells.get("note_2", "")}
    return canonical_content("truefalse", {"is_true": word == "true"} | notes)


def _read_numeric(cells: Cells) -> dict:
    said = {name: cells.get(name, "") for name in ("answer", "tolerance", "unit")}
    return canonical_content("numeric", said | {"accepted_units": _listed(cells.get("other_units", ""))})


def _read_shorttext(cells: Cells) -> dict:
    accepted = _listed(cells.get("answer", ""))
    return canonical_content("shorttext", {"accepted": accepted, "is_case_sensitive": _yes(cells, "case_sensitive")})


def _read_ordering(cells: Cells) -> dict:
    return canonical_content("ordering", {"items": [{"text": text} for text in _listed(cells.get("answer", ""))]})


def _read_essay(cells: Cells) -> dict:
    most = one_line(cells.get("words_most"))
    if not (most.isascii() and most.isdigit() and len(most) < 7):
        raise Unsayable("Its column “words_most” is no number of words.")
    return canonical_content("essay", {"words_most": int(most), "criteria": _listed(cells.get("answer", ""))})


# Writing --------------------------------------------------------------------------------------------------------------


def _flat_choice(content: dict) -> Cells | None:
    options = content["options"]
    if len(options) > MOST_OPTIONS:
        return None
    cells = {"right": " ".join(option["id"] for option in options if option["correct"])}
    for option in options:
        cells |= {f"option_{option['id']}": option["text"], f"note_{option['id']}": option["feedback"]}
    return cells


def _flat_truefalse(content: dict) -> Cells:
    right = "true" if content["is_true"] else "false"
    return {"right": right, "note_1": content["feedback_true"], "note_2": content["feedback_false"]}


def _flat_numeric(content: dict) -> Cells | None:
    if "parameters" in content:
        return None
    cells = {name: content[name] for name in ("answer", "tolerance", "unit")}
    return cells | {"other_units": "\n".join(content["accepted_units"])}


def _flat_shorttext(content: dict) -> Cells:
    sensitive = "yes" if content["is_case_sensitive"] else "no"
    return {"answer": "\n".join(content["accepted"]), "case_sensitive": sensitive}


def _flat_ordering(content: dict) -> Cells:
    return {"answer": "\n".join(item["text"] for item in content["items"])}


def _flat_essay(content: dict) -> Cells:
    return {"words_most": str(content["words_most"]), "answer": "\n".join(content["criteria"])}


FLAT: dict[str, tuple[Callable[[dict], Cells | None], Callable[[Cells], dict]]] = {
    "single": (_flat_choice, _read_choice),
    "multiple": (_flat_choice, _read_choice),
    "truefalse": (_flat_truefalse, _read_truefalse),
    "numeric": (_flat_numeric, _read_numeric),
    "shorttext": (_flat_shorttext, _read_shorttext),
    "ordering": (_flat_ordering, _read_ordering),
    "essay": (_flat_essay, _read_essay),
}
READ = {kind: read for kind, (_, read) in FLAT.items()}
