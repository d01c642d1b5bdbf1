"""Cloze: `text` with [[1]], [[2]] where gaps stand, and `gaps`: each {"id"} with `options` to choose from, each
{"id", "text", "correct"}, or with `accepted`, the whole list of texts that are right there.

A text is compared as in short text, without regard to capitals.
"""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from django.utils.safestring import mark_safe

from assessments.kinds.base import (
    FOREIGN,
    Data,
    Draft,
    Drawn,
    Explained,
    QuestionKind,
    Response,
    Row,
    Sent,
    Unreadable,
    Unusable,
    as_html,
    first,
    ids_problem,
    one_text,
    place_of,
    texts_problem,
    too_long_problem,
)
from assessments.kinds.choices import marked
from assessments.kinds.keys import Key, KeyField, Shape, chosen_several, lines_in
from assessments.kinds.shorttext import accepted_problem, is_accepted, normalised
from lms.html import clean_html, plain_text

MOST_GAPS = 20
MOST_OPTIONS = 8
LONGEST_TEXT = 6000
LONGEST = 100
GAP = re.compile(r"\[\[([0-9]{1,2})\]\]")


class Cloze(QuestionKind):
    name = "cloze"
    label = "Text with gaps"
    template = "assessments/kinds/cloze.html"
    credit = "In a text with gaps, each gap filled rightly earns its share."

    def problems(self, draft: Draft) -> dict[str, str]:
        text, gaps = draft.content.get("text", ""), draft.content.get("gaps", [])
        problems = {"text": _text_problem(text, gaps), "gaps": _gaps_problem(gaps)}
        return {field: sentence for field, sentence in problems.items() if sentence}

    def frozen_part(self, draft: Draft) -> Data:
        return {"text": as_html(draft.content["text"]), "gaps": [_frozen_gap(gap) for gap in draft.content["gaps"]]}

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        orders = {gap["id"]: [option["id"] for option in gap["options"]] for gap in data["gaps"] if "options" in gap}
        if shuffle:
            for order in orders.values():
                random.shuffle(order)
        return {"order": orders}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        given = response["gaps"] if response else {}
        values = {gap["id"]: _value(gap, drawn, given.get(gap["id"], "")) for gap in data["gaps"]}
        return _presented(data, drawn, values)

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        values = {gap["id"]: first(sent, f"gap-{gap['id']}", most=LONGEST) for gap in data["gaps"]}
        return _presented(data, drawn, values)

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        known = {f"gap-{gap['id']}" for gap in data["gaps"]}
        if any(name.startswith("gap-") and name not in known for name in sent):
            raise Unreadable(FOREIGN)
        given = {gap["id"]: _read_gap(gap, drawn, sent) for gap in data["gaps"]}
        given = {id_: value for id_, value in given.items() if value}
        if not given:
            raise Unreadable("Fill at least one gap first, or skip the question for now.")
        return {"gaps": given}

    def is_complete(self, data: Data, drawn: Drawn, response: Response | None) -> bool:
        return response is not None and len(response["gaps"]) == len(data["gaps"])

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        given = response["gaps"] if response else {}
        right = sum(_is_right(gap, given[gap["id"]]) for gap in data["gaps"] if gap["id"] in given)
        return Fraction(right, len(data["gaps"]))

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        given = response["gaps"] if response else {}
        rows = tuple(
            Row(
                label=f"Gap {number}",
                given=_words(gap, given.get(gap["id"], "")),
                is_right=_is_right(gap, given[gap["id"]]) if gap["id"] in given else None,
                expected=_expected(gap) if reveal else "",
            )
            for number, gap in enumerate(_in_order(data), start=1)
        )
        return Explained(text=_numbered_text(data), rows=rows, feedback=data["feedback"] if reveal else "")

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        given = response["gaps"] if response else {}
        filled = [(number, gap) for number, gap in enumerate(_in_order(data), start=1) if gap["id"] in given]
        return "; ".join(f"gap {number}: {_words(gap, given[gap['id']])}" for number, gap in filled)

    def key_in_words(self, data: Data) -> str:
        return "; ".join(f"gap {number}: {_expected(gap)}" for number, gap in enumerate(_in_order(data), start=1))

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        return tuple(_key_field(number, gap) for number, gap in enumerate(_in_order(data), start=1))

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        return {
            "gaps": {
                gap["id"]: chosen_several(said, f"gap-{gap['id']}")
                if "options" in gap
                else lines_in(said.get(f"gap-{gap['id']}") or "")
                for gap in data["gaps"]
            }
        }

    def with_key(self, data: Data, key: Key) -> Data:
        given = key.get("gaps", {})
        gaps = [_gap_with(gap, given[gap["id"]]) if gap["id"] in given else gap for gap in data["gaps"]]
        return {**data, "gaps": gaps}

    def check_key(self, data: Data, key: Key) -> None:
        if set(key.get("gaps", {})) != {gap["id"] for gap in data["gaps"]}:
            raise Unusable({"gaps": "Say of each gap what is right there."})
        super().check_key(data, key)

    def best_of(self, versions: Sequence[Data], drawn: Drawn, response: Response | None) -> Data:
        """Gap by gap: what is right in one gap says nothing of the others."""
        given, first_of_all = response["gaps"] if response else {}, versions[0]
        gaps = [
            next((gap for gap in gaps if gap["id"] in given and _is_right(gap, given[gap["id"]])), gaps[0])
            for gaps in zip(*(data["gaps"] for data in versions), strict=True)
        ]
        return {**first_of_all, "gaps": gaps}


def _key_field(number: int, gap: dict) -> KeyField:
    name, label = f"gap-{gap['id']}", f"Right in gap {number}"
    if "options" not in gap:
        return KeyField(name, f"{label}, one a line", Shape.LINES, initial="\n".join(gap["accepted"]))
    choices = tuple((option["id"], option["text"]) for option in gap["options"])
    right = [option["id"] for option in gap["options"] if option["correct"]]
    return KeyField(name, label, Shape.SEVERAL, choices=choices, initial=right)


def _gap_with(gap: dict, right: list[str]) -> dict[str, Any]:
    return marked(gap, right) if "options" in gap else {**gap, "accepted": right}


def _frozen_gap(gap: dict) -> dict[str, Any]:
    if gap.get("options"):
        options = [
            {"id": str(option["id"]), "text": option["text"].strip(), "correct": bool(option["correct"])}
            for option in gap["options"]
        ]
        return {"id": str(gap["id"]), "options": options}
    return {"id": str(gap["id"]), "accepted": [text.strip() for text in gap["accepted"]]}


def _in_order(data: Data) -> list[dict]:
    """The gaps as they stand in the text."""
    by_id = {gap["id"]: gap for gap in data["gaps"]}
    return [by_id[id_] for id_ in GAP.findall(data["text"])]


def _value(gap: dict, drawn: Drawn, given: str) -> str:
    """What the control of the gap holds: a text, or the place of the option in the order of the page."""
    if "options" not in gap:
        return given
    order = drawn["order"][gap["id"]]
    return str(order.index(given) + 1) if given in order else ""


def _presented(data: Data, drawn: Drawn, values: dict[str, str]) -> dict[str, Any]:
    """The text cut at its gaps: pieces of clean HTML, each followed by a gap but for the last."""
    pieces = GAP.split(clean_html(data["text"]))
    html = [mark_safe(piece) for piece in pieces[::2]]  # noqa: S308 - pieces of what was cleaned in the line above
    gaps = [
        _presented_gap(number, gap, drawn, values[gap["id"]]) for number, gap in enumerate(_in_order(data), start=1)
    ]
    return {"pieces": [{"html": piece, "gap": gap} for piece, gap in zip(html, [*gaps, None], strict=True)]}


def _presented_gap(number: int, gap: dict, drawn: Drawn, value: str) -> dict[str, Any]:
    shown = {"id": gap["id"], "number": number, "value": value}
    if "options" not in gap:
        return shown
    texts = {option["id"]: option["text"] for option in gap["options"]}
    order = drawn["order"][gap["id"]]
    return shown | {"options": [{"value": str(place), "text": texts[id_]} for place, id_ in enumerate(order, start=1)]}


def _read_gap(gap: dict, drawn: Drawn, sent: Sent) -> str:
    """What was given for one gap, "" for nothing. Raises `Unreadable`."""
    value = one_text(sent, f"gap-{gap['id']}", most=LONGEST)
    if "options" not in gap:
        return value if normalised(value) else ""
    order = drawn["order"][gap["id"]]
    return order[place_of(value, len(order))] if value else ""


def _is_right(gap: dict, given: str) -> bool:
    if "options" not in gap:
        return is_accepted(given, gap["accepted"])
    return any(option["correct"] for option in gap["options"] if option["id"] == given)


def _words(gap: dict, given: str) -> str:
    if "options" not in gap:
        return given
    return next((option["text"] for option in gap["options"] if option["id"] == given), "")


def _expected(gap: dict) -> str:
    if "options" not in gap:
        return " or ".join(gap["accepted"])
    return " or ".join(option["text"] for option in gap["options"] if option["correct"])


def _numbered_text(data: Data) -> str:
    numbers = iter(range(1, len(data["gaps"]) + 1))
    return clean_html(GAP.sub(lambda found: f"<b>[{next(numbers)}]</b>", data["text"]))


def _text_problem(text: str, gaps: list[dict]) -> str:
    if not plain_text(text):
        return "Write the text with its gaps."
    if len(text) > LONGEST_TEXT:
        return f"Keep the text under {LONGEST_TEXT} characters."
    html = as_html(text)
    marks = GAP.findall(html)
    if len(set(marks)) < len(marks):
        return "The same gap stands in the text twice."
    if sorted(marks) != sorted(GAP.findall(plain_text(html))):
        return "A gap stands inside a link. Put it into the text."
    if set(marks) != {str(gap["id"]) for gap in gaps}:
        return "Write [[1]], [[2]] and so on where the gaps stand, one for each gap below."
    return ""


def _gaps_problem(gaps: list[dict]) -> str:
    if not 1 <= len(gaps) <= MOST_GAPS:
        return f"Give between 1 and {MOST_GAPS} gaps."
    if sentence := ids_problem(gaps, "Gap"):
        return sentence
    found = [(gap["id"], _gap_problem(gap)) for gap in gaps]
    return next((f"Gap {id_}: {sentence}" for id_, sentence in found if sentence), "")


def _gap_problem(gap: dict) -> str:
    options = gap.get("options") or []
    if not options:
        return accepted_problem(gap.get("accepted") or []) or _too_long(gap["accepted"])
    if gap.get("accepted"):
        return "Give options to choose from or texts that are right, not both."
    if not 2 <= len(options) <= MOST_OPTIONS:
        return f"Give between 2 and {MOST_OPTIONS} options."
    right = sum(bool(option["correct"]) for option in options)
    if not 0 < right < len(options):
        return "Mark at least one option as correct, and leave at least one that is not."
    texts = [option["text"].strip() for option in options]
    return texts_problem(texts, "Option", most=LONGEST) or ids_problem(options, "Option")


def _too_long(accepted: list[str]) -> str:
    return too_long_problem([text.strip() for text in accepted], "Right", "answer", most=LONGEST)
