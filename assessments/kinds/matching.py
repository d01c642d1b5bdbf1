"""Matching: `pairs`, each {"id", "left", "right"}, and `extras`, each {"id", "text"}: right sides that match nothing.

Each right side stands in the page under a token that was drawn for this attempt, so that the page holds no key.
A regrade may say that a left side has another right side: `matches`, by id, which no author writes.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from string import ascii_uppercase
from typing import Any

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
    first,
    ids_problem,
    numbered,
    texts_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape, chosen_in_order, once_each

MOST_PAIRS = 12
MOST_EXTRAS = 6
LONGEST = 300
LONGEST_IN_A_MENU = 28  # a closed menu shows about so much of its choice on a phone, and never breaks a line
EXTRA = "Side that matches nothing, number"


class Matching(QuestionKind):
    name = "matching"
    label = "Matching"
    template = "assessments/kinds/matching.html"
    credit = "Where things are matched, each right pair earns its share."

    def problems(self, draft: Draft) -> dict[str, str]:
        pairs, extras = draft.content.get("pairs", []), draft.content.get("extras", [])
        problems = {"pairs": _pairs_problem(pairs), "extras": _extras_problem(pairs, extras)}
        return {field: sentence for field, sentence in problems.items() if sentence}

    def frozen_part(self, draft: Draft) -> Data:
        pairs, extras = draft.content["pairs"], draft.content.get("extras", [])
        return {
            "pairs": [
                {"id": str(pair["id"]), "left": pair["left"].strip(), "right": pair["right"].strip()} for pair in pairs
            ],
            "extras": [{"id": str(extra["id"]), "text": extra["text"].strip()} for extra in extras],
        }

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        """The right sides are always mixed: in the order of the pairs they would be the key."""
        lefts, rights = [pair["id"] for pair in data["pairs"]], list(_rights(data))
        if shuffle:
            random.shuffle(lefts)
        random.shuffle(rights)
        tokens = [str(number) for number in random.sample(range(1000, 10000), len(rights))]
        return {"order": lefts, "rights": tokens, "tokens": dict(zip(tokens, rights, strict=True))}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        token_of = {right: token for token, right in drawn["tokens"].items()}
        pairs = response["pairs"] if response else {}
        return _presented(data, drawn, [token_of.get(pairs.get(left), "") for left in drawn["order"]])

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        return _presented(
            data, drawn, [first(sent, f"match-{number}", most=4) for number, _ in enumerate(drawn["order"], start=1)]
        )

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        given = numbered(sent, "match", len(drawn["order"]))
        if not given:
            raise Unreadable("Match at least one of them first, or skip the question for now.")
        if not set(given.values()) <= set(drawn["tokens"]):
            raise Unreadable(FOREIGN)
        rights = {number: drawn["tokens"][token] for number, token in given.items()}
        twice = next((right for right in rights.values() if list(rights.values()).count(right) > 1), None)
        if twice:
            raise Unreadable(f"“{_rights(data)[twice]}” is chosen twice. Each fits once at most: change one of them.")
        return {"pairs": {drawn["order"][number - 1]: right for number, right in rights.items()}}

    def is_complete(self, data: Data, drawn: Drawn, response: Response | None) -> bool:
        return response is not None and len(response["pairs"]) == len(data["pairs"])

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        pairs, right_of = response["pairs"] if response else {}, _right_of(data)
        return Fraction(sum(right_of[left] == right for left, right in pairs.items()), len(data["pairs"]))

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        texts, pairs = _rights(data), response["pairs"] if response else {}
        of_id, right_of = {pair["id"]: pair for pair in data["pairs"]}, _right_of(data)
        rows = tuple(
            Row(
                label=of_id[left]["left"],
                given=texts.get(pairs.get(left), ""),
                is_right=pairs[left] == right_of[left] if left in pairs else None,
                expected=texts[right_of[left]] if reveal else "",
            )
            for left in drawn["order"]
        )
        return Explained(rows=rows, feedback=data["feedback"] if reveal else "")

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        texts, pairs = _rights(data), response["pairs"] if response else {}
        return "; ".join(f"{pair['left']}: {texts[pairs[pair['id']]]}" for pair in data["pairs"] if pair["id"] in pairs)

    def key_in_words(self, data: Data) -> str:
        texts, right_of = _rights(data), _right_of(data)
        return "; ".join(f"{pair['left']} → {texts[right_of[pair['id']]]}" for pair in data["pairs"])

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        right_of, choices = _right_of(data), tuple(_rights(data).items())
        return tuple(
            KeyField(
                f"match-{number}",
                f"“{pair['left']}” belongs to",
                Shape.ONE,
                choices=choices,
                initial=right_of[pair["id"]],
            )
            for number, pair in enumerate(data["pairs"], start=1)
        )

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        rights = chosen_in_order(said, "match", len(data["pairs"]))
        return {"pairs": {pair["id"]: right for pair, right in zip(data["pairs"], rights, strict=True)}}

    def with_key(self, data: Data, key: Key) -> Data:
        return {**data, "matches": key["pairs"]} if "pairs" in key else data

    def check_key(self, data: Data, key: Key) -> None:
        given = key.get("pairs", {})
        if set(given) != {pair["id"] for pair in data["pairs"]} or not set(given.values()) <= set(_rights(data)):
            raise Unusable({"match-1": "Say of each left side what it belongs to."})
        if not once_each(list(given.values())):
            raise Unusable({"match-1": "Two left sides belong to the same right side. Each fits once at most."})


def _right_of(data: Data) -> dict[str, str]:
    """The id of the right side by that of its left side: the same, unless a regrade says otherwise."""
    return {pair["id"]: pair["id"] for pair in data["pairs"]} | data.get("matches", {})


def _rights(data: Data) -> dict[str, str]:
    """The text of every right side by its id, which is that of its pair."""
    return {pair["id"]: pair["right"] for pair in data["pairs"]} | {
        extra["id"]: extra["text"] for extra in data["extras"]
    }


def _presented(data: Data, drawn: Drawn, chosen: list[str]) -> dict[str, Any]:
    """`chosen` holds the token at each left side, in the order of the page."""
    lefts, rights = {pair["id"]: pair["left"] for pair in data["pairs"]}, _rights(data)
    texts = [(token, rights[drawn["tokens"][token]]) for token in drawn["rights"]]
    return {
        "lefts": [
            {"number": number, "text": lefts[left], "chosen": token}
            for number, (left, token) in enumerate(zip(drawn["order"], chosen, strict=True), start=1)
        ],
        "rights": [
            {"token": token, "text": text, "letter": letter}
            for (token, text), letter in zip(texts, ascii_uppercase, strict=False)
        ],
        "is_long": max(len(text) for _, text in texts) > LONGEST_IN_A_MENU,
    }


def _pairs_problem(pairs: list[dict]) -> str:
    if not 2 <= len(pairs) <= MOST_PAIRS:
        return f"Give between 2 and {MOST_PAIRS} pairs."
    lefts, rights = [pair["left"].strip() for pair in pairs], [pair["right"].strip() for pair in pairs]
    return (
        texts_problem(lefts, "Left side", most=LONGEST)
        or texts_problem(rights, "Right side", most=LONGEST)
        or ids_problem(pairs, "Pair")
    )


def _extras_problem(pairs: list[dict], extras: list[dict]) -> str:
    if len(extras) > MOST_EXTRAS:
        return f"Give at most {MOST_EXTRAS} right sides that match nothing."
    rights = [pair["right"].strip() for pair in pairs]
    texts = [extra["text"].strip() for extra in extras]
    taken = {right.casefold() for right in rights}
    if again := next((text for text in texts if text.casefold() in taken), ""):
        return f"“{again}” is the right side of a pair as well."
    same_id = {str(pair["id"]) for pair in pairs} & {str(extra["id"]) for extra in extras}
    if same_id:
        return "One of these has the id of a pair. Delete it and add it again."
    return texts_problem(texts, EXTRA, most=LONGEST) or ids_problem(extras, EXTRA)
