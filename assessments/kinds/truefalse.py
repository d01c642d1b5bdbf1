"""True or false: `is_true`, `feedback_true` and `feedback_false`, which are about having said the one or the other."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.kinds.base import (
    Data,
    Draft,
    Drawn,
    Explained,
    Line,
    QuestionKind,
    Response,
    Sent,
    Unreadable,
    one_value,
)
from assessments.kinds.keys import Key

LONGEST = 1000
SAID = {"true": True, "false": False}
WORDS = {True: "True", False: "False"}


class TrueFalse(QuestionKind):
    name = "truefalse"
    label = "True or false"
    template = "assessments/kinds/truefalse.html"

    def problems(self, draft: Draft) -> dict[str, str]:
        problems = {}
        if not isinstance(draft.content.get("is_true"), bool):
            problems["is_true"] = "Say whether the statement is true."
        for field in ("feedback_true", "feedback_false"):
            if len(draft.content.get(field, "")) > LONGEST:
                problems[field] = f"Keep the feedback under {LONGEST} characters."
        return problems

    def frozen_part(self, draft: Draft) -> Data:
        content = draft.content
        return {
            "is_true": content["is_true"],
            "feedback_true": content.get("feedback_true", "").strip(),
            "feedback_false": content.get("feedback_false", "").strip(),
        }

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        return {"says": str(response["says"]).lower() if response else ""}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        value = one_value(sent, "says")
        if not value:
            raise Unreadable("Say whether it is true first, or skip the question for now.")
        if value not in SAID:
            raise Unreadable("Answer with true or false. Reload the page and choose again.")
        return {"says": SAID[value]}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        return Fraction(response is not None and response["says"] == data["is_true"])

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        said = response["says"] if response else None
        lines = tuple(_line(data, says, says == said, reveal) for says in (True, False))
        return Explained(lines=lines, feedback=data["feedback"] if reveal else "")

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        return WORDS[response["says"]] if response else ""

    def key_in_words(self, data: Data) -> str:
        return WORDS[data["is_true"]]

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        """There is one other answer."""
        return {"is_true": not data["is_true"]}

    def can_accept(self, data: Data, key: Key) -> bool:
        return False


def _line(data: Data, says: bool, was_chosen: bool, reveal: bool) -> Line:
    may_say = was_chosen or reveal
    return Line(
        text=WORDS[says],
        was_chosen=was_chosen,
        is_right=says == data["is_true"] if may_say else None,
        feedback=data["feedback_true" if says else "feedback_false"] if may_say else "",
    )
