"""Short text: `accepted` is the whole list of right answers, `is_case_sensitive` says whether capitals count.

What counts as the same text is `normalised`, and nothing is ever nearly right: "ketamin" is not "ketamine".
"""

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessments.kinds.base import (
    Data,
    Draft,
    Drawn,
    Explained,
    QuestionKind,
    Response,
    Sent,
    Unreadable,
    first,
    one_text,
    texts_problem,
    too_long_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape, lines_in

MOST_ACCEPTED = 30
LONGEST = 200


class ShortText(QuestionKind):
    name = "shorttext"
    label = "Short text"
    template = "assessments/kinds/shorttext.html"

    def problems(self, draft: Draft) -> dict[str, str]:
        is_case_sensitive = bool(draft.content.get("is_case_sensitive", False))
        sentence = accepted_problem(draft.content.get("accepted", []), is_case_sensitive=is_case_sensitive)
        return {"accepted": sentence} if sentence else {}

    def frozen_part(self, draft: Draft) -> Data:
        return {
            "accepted": [text.strip() for text in draft.content["accepted"]],
            "is_case_sensitive": bool(draft.content.get("is_case_sensitive", False)),
        }

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        return {"text": response["text"] if response else "", "capitals_count": data["is_case_sensitive"]}

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        return {"text": first(sent, "text", most=LONGEST)}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        text = one_text(sent, "text", most=LONGEST)
        if not normalised(text):
            raise Unreadable("Write your answer first, or skip the question for now.")
        return {"text": text}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        if not response:
            return Fraction(0)
        return Fraction(is_accepted(response["text"], data["accepted"], is_case_sensitive=data["is_case_sensitive"]))

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        return Explained(
            given=self.summary(data, drawn, response),
            expected=" or ".join(data["accepted"]) if reveal else "",
            feedback=data["feedback"] if reveal else "",
        )

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        return response["text"] if response else ""

    def key_in_words(self, data: Data) -> str:
        return " or ".join(data["accepted"])

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        return (KeyField("accepted", "The right answers, one a line", Shape.LINES),)

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        return {"accepted": lines_in(said.get("accepted") or "")}


def normalised(text: str, *, is_case_sensitive: bool = False) -> str:
    """The text without what does not count: Unicode form (NFKC), outer and repeated spaces, the final full stop, and case."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).removesuffix(".").rstrip()
    return plain if is_case_sensitive else unicodedata.normalize("NFKC", plain.casefold())


def is_accepted(text: str, accepted: list[str], *, is_case_sensitive: bool = False) -> bool:
    given = normalised(text, is_case_sensitive=is_case_sensitive)
    return given in {normalised(right, is_case_sensitive=is_case_sensitive) for right in accepted}


def accepted_problem(accepted: list[str], *, is_case_sensitive: bool = False) -> str:
    """The first thing wrong with a list of right answers, as a sentence; "" when it can be used."""
    texts = [normalised(text, is_case_sensitive=is_case_sensitive) for text in accepted]
    if not 1 <= len(texts) <= MOST_ACCEPTED:
        return f"Give between 1 and {MOST_ACCEPTED} right answers."
    sentence = texts_problem(texts, "Right answer", most=LONGEST, is_case_sensitive=is_case_sensitive)
    if sentence.endswith("say the same."):
        return f"{sentence} Spaces, a final full stop, and capitals unless they count, are no difference."
    return sentence or too_long_problem([text.strip() for text in accepted], "Right", "answer", most=LONGEST)
