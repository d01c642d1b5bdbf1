"""Essay: `words_most`, and `criteria`, which is what whoever marks it looks for. They are the key, and shown when a key may be."""

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
)

MOST_WORDS = 3000
MOST_CRITERIA = 12
LONGEST_CRITERION = 300
LONGEST = 40_000
WORDS_OF_SUMMARY = 30


def too_long(words: int, most: int) -> str:
    over = words - most
    return (
        f"It has {words} words, {over} more than the {most} that are allowed. Nothing that you typed is lost: "
        f"take out {over} {'word' if over == 1 else 'words'}, and it is saved. Until then what was saved before counts."
    )


class Essay(QuestionKind):
    name = "essay"
    label = "Essay"
    template = "assessments/kinds/essay.html"
    credit = "Your faculty mark what you write at length. Until they have, the result is not complete."
    is_marked_by_hand = True
    has_key = False

    def problems(self, draft: Draft) -> dict[str, str]:
        problems = {}
        words, criteria = draft.content.get("words_most"), draft.content.get("criteria", [])
        if isinstance(words, bool) or not isinstance(words, int) or not 1 <= words <= MOST_WORDS:
            problems["words_most"] = f"Say how many words it may have, from 1 to {MOST_WORDS}."
        if len(criteria) > MOST_CRITERIA:
            problems["criteria"] = f"Give at most {MOST_CRITERIA} criteria."
        elif sentence := texts_problem([text.strip() for text in criteria], "Criterion", most=LONGEST_CRITERION):
            problems["criteria"] = sentence
        return problems

    def frozen_part(self, draft: Draft) -> Data:
        return {
            "words_most": draft.content["words_most"],
            "criteria": [text.strip() for text in draft.content.get("criteria", [])],
        }

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        return {"words_most": data["words_most"], "text": response["text"] if response else ""}

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        return {"text": first(sent, "text", most=LONGEST)}

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        text = one_text(sent, "text", most=LONGEST).replace("\r\n", "\n")
        if not text:
            raise Unreadable("Write something first, or skip the question for now.")
        words = len(text.split())
        if words > data["words_most"]:
            raise Unreadable(too_long(words, data["words_most"]))
        return {"text": text}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction | None:
        return None if response else Fraction(0)

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        return Explained(
            given=response["text"] if response else "",
            criteria=tuple(data["criteria"]) if reveal else (),
            feedback=data["feedback"] if reveal else "",
        )

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        words = response["text"].split() if response else []
        rest = f" … ({len(words)} words)" if len(words) > WORDS_OF_SUMMARY else ""
        return " ".join(words[:WORDS_OF_SUMMARY]) + rest
