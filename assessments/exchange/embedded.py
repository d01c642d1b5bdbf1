"""Moodle's embedded answers, a text with its gaps written into it: {1:MULTICHOICE:=right~wrong}, {1:SHORTANSWER:=mg}."""

import re
from decimal import Decimal
from typing import Any

from assessments.exchange.markup import canonical_html
from assessments.exchange.portable import GAP, Reading, Unsayable, one_line, plain_number
from assessments.exchange.weights import FULL, Weighed, accepted_texts, is_close, percent, starred
from assessments.exchange.wording import HTML, as_plain, as_stem

LONGEST = 100_000
WRITTEN = {"SHORTANSWER", "SA", "MW"}
WRITTEN_CASE = {"SHORTANSWER_C", "SAC", "MWC"}
CHOSEN = {
    *("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"),
    *("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"),
}
# Signs that Moodle reads as its own, and those of HTML.
ESCAPES = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>{}~#\\=%"})
STEM_AND_TEXT = re.compile(r'<div class="cloze-stem">(.*)</div>\s*<div class="cloze-text">(.*)</div>', re.DOTALL)
_HEAD = re.compile(r"\{([0-9]{0,3}):([A-Z_]{2,20}):")
_BODY = re.compile(r"((?:\\.|[^}\\])*)\}", re.DOTALL)
_ANSWER = re.compile(r"(?:\\.|[^~\\])+", re.DOTALL)
_FEEDBACK = re.compile(r"(?<![\\&])#")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,7})?)%")


def html_of(stem: str, content: dict[str, Any]) -> str:
    gaps = {gap["id"]: _said_gap(gap) for gap in content["gaps"]}
    pieces = GAP.split(content["text"])
    text = "".join(gaps[piece] if place % 2 else piece.replace("{", "&#123;") for place, piece in enumerate(pieces))
    stem = stem.replace("{", "&#123;")
    return f'<div class="cloze-stem">{stem}</div><div class="cloze-text">{text}</div>'


def _said_gap(gap: dict[str, Any]) -> str:
    if "options" in gap:
        said = [f"{'=' if option['correct'] else ''}{option['text'].translate(ESCAPES)}" for option in gap["options"]]
        return f"{{1:MULTICHOICE:{'~'.join(said)}}}"
    return f"{{1:SHORTANSWER:{'~'.join(f'={starred(text).translate(ESCAPES)}' for text in gap['accepted'])}}}"


def read(raw: str, reading: Reading) -> tuple[str, dict[str, Any]]:
    """The stem and the content of a cloze. Raises `Unsayable`."""
    if len(raw) > LONGEST:
        raise Unsayable(f"Its text is longer than {LONGEST} characters.")
    stem, text = _split(raw, reading)
    if GAP.search(text):
        raise Unsayable("Its text holds [[1]] or the like, which is how gaps are marked here.")
    gaps: list[dict] = []
    pieces: list[str] = []
    position = 0
    while head := _HEAD.search(text, position):
        body = _BODY.match(text, head.end())
        if not body:
            raise Unsayable(f"Gap {len(gaps) + 1} has no closing brace.")
        pieces.append(text[position : head.start()])
        gaps.append({"id": str(len(gaps) + 1)} | _read_gap(head, body[1], reading))
        pieces.append(f"[[{len(gaps)}]]")
        position = body.end()
    if not gaps:
        raise Unsayable("Its text has no gap.")
    if len(gaps) > 99:
        raise Unsayable("It has more than 99 gaps.")
    return stem, {"text": as_stem("".join([*pieces, text[position:]]), HTML, reading), "gaps": gaps}


def _split(raw: str, reading: Reading) -> tuple[str, str]:
    ours = STEM_AND_TEXT.fullmatch(raw.strip())
    if ours:
        return canonical_html(ours[1]), ours[2]
    reading.remark("Its whole text is the text with gaps; the question above it says “Fill in the gaps.”")
    return "<p>Fill in the gaps.</p>", raw


def _read_gap(head: re.Match, body: str, reading: Reading) -> dict[str, Any]:
    weight, type_ = head[1], head[2]
    if weight not in ("", "1"):
        reading.remark("Its gaps had different weights. Here each counts the same.")
    answers = [_weighed(said, reading) for said in _ANSWER.findall(body)]
    if type_ in WRITTEN | WRITTEN_CASE:
        if type_ in WRITTEN_CASE:
            reading.remark("Capitals counted in a gap. Here they do not.")
        return {"accepted": accepted_texts(answers, reading)}
    if type_ not in CHOSEN:
        raise Unsayable(f"One of its gaps is of the type {type_}. Here a gap is a choice or a short text.")
    return {"options": [_option(answer, reading) | {"id": str(place)} for place, answer in enumerate(answers, start=1)]}


def _option(answer: Weighed, reading: Reading) -> dict[str, Any]:
    is_right = is_close(answer.weight, FULL)
    if answer.weight and not is_right:
        reading.remark(f"“{answer.text[:60]}” was worth {plain_number(answer.weight)} %. Here it is worth nothing.")
    if answer.feedback:
        reading.remark(f"The feedback on “{answer.text[:60]}” was left out.")
    return {"text": answer.text, "correct": is_right}


def _weighed(said: str, reading: Reading) -> Weighed:
    words, *feedback = _FEEDBACK.split(said.strip(), maxsplit=1)
    weight = Decimal(0)
    if words.startswith("="):
        words, weight = words[1:], FULL
    elif found := _WEIGHT.match(words):
        words, weight = words[found.end() :], percent(found[1])
    text = as_plain(_unescaped(words), HTML, reading)
    return Weighed(one_line(text), weight, as_plain(_unescaped("".join(feedback)), HTML, reading))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([}~#/\"\\])", r"\1", text)
