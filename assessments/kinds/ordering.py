"""Ordering: `items`, each {"id", "text"}, in the right order.

The page numbers them in the order that was drawn, which is never the right one; a number therefore says nothing.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from assessments.kinds.base import (
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
    place_of,
    texts_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape, chosen_in_order

FEWEST, MOST = 3, 12
LONGEST = 300


class Ordering(QuestionKind):
    name = "ordering"
    label = "Ordering"
    template = "assessments/kinds/ordering.html"
    credit = "Where things are put in order, each that is followed by the right one earns its share."

    def problems(self, draft: Draft) -> dict[str, str]:
        sentence = _items_problem(draft.content.get("items", []))
        return {"items": sentence} if sentence else {}

    def frozen_part(self, draft: Draft) -> Data:
        return {
            "items": [{"id": str(item["id"]), "text": item["text"].strip()} for item in draft.content["items"]],
        }

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        """Always mixed, and never in the right order by chance."""
        right = _right_order(data)
        drawn = list(right)
        random.shuffle(drawn)
        return {"order": drawn if drawn != right else drawn[1:] + drawn[:1]}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        places = {id_: str(place) for place, id_ in enumerate(response["order"], start=1)} if response else {}
        return _presented(data, drawn, [places.get(id_, "") for id_ in drawn["order"]])

    def typed(self, data: Data, drawn: Drawn, response: Response | None, sent: Sent) -> dict[str, Any]:
        return _presented(
            data, drawn, [first(sent, f"place-{number}", most=3) for number, _ in enumerate(drawn["order"], start=1)]
        )

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        count = len(drawn["order"])
        given = numbered(sent, "place", count)
        places = {number: place_of(value, count) for number, value in given.items()}
        if not places:
            raise Unreadable("Give each of them a place first, or skip the question for now.")
        if len(set(places.values())) < len(places):
            raise Unreadable("Two of them have the same place. Give each a place of its own.")
        if len(places) < count:
            left = count - len(places)
            raise Unreadable(
                f"{left} of them {'has' if left == 1 else 'have'} no place yet. It is saved once all have one."
            )
        by_place = {place: drawn["order"][number - 1] for number, place in places.items()}
        return {"order": [by_place[place] for place in range(count)]}

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        return Fraction(_neighbours_kept(data, response), len(data["items"]) - 1)

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        texts = {item["id"]: item["text"] for item in data["items"]}
        given = response["order"] if response else [None] * len(texts)
        rows = tuple(
            Row(label=str(place), given=texts.get(id_, ""), is_right=None, expected=item["text"] if reveal else "")
            for place, (id_, item) in enumerate(zip(given, data["items"], strict=True), start=1)
        )
        return Explained(rows=rows, note=_note(data, response), feedback=data["feedback"] if reveal else "")

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        texts = {item["id"]: item["text"] for item in data["items"]}
        return " → ".join(texts[id_] for id_ in response["order"]) if response else ""

    def key_in_words(self, data: Data) -> str:
        return " → ".join(item["text"] for item in data["items"])

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        choices = tuple((item["id"], item["text"]) for item in data["items"])
        return tuple(
            KeyField(f"place-{number}", f"Place {number}", Shape.ONE, choices=choices, initial=item["id"])
            for number, item in enumerate(data["items"], start=1)
        )

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        return {"order": chosen_in_order(said, "place", len(data["items"]))}

    def with_key(self, data: Data, key: Key) -> Data:
        by_id = {item["id"]: item for item in data["items"]}
        return {**data, "items": [by_id[id_] for id_ in key["order"]]} if "order" in key else data

    def check_key(self, data: Data, key: Key) -> None:
        if sorted(key.get("order", [])) != sorted(_right_order(data)):
            raise Unusable({"place-1": "Give each of them a place of its own."})


def _right_order(data: Data) -> list[str]:
    return [item["id"] for item in data["items"]]


def _neighbours_kept(data: Data, response: Response | None) -> int:
    """How many are followed at once by the one that should follow, as Moodle's "relative to the next item" counts."""
    given = set(pairwise(response["order"])) if response else set()
    return len(given & set(pairwise(_right_order(data))))


def _note(data: Data, response: Response | None) -> str:
    if not response:
        return ""
    return f"{_neighbours_kept(data, response)} of {len(data['items']) - 1} are followed by the right one."


def _presented(data: Data, drawn: Drawn, places: list[str]) -> dict[str, Any]:
    texts = {item["id"]: item["text"] for item in data["items"]}
    return {
        "items": [
            {"number": number, "text": texts[id_], "place": place}
            for number, (id_, place) in enumerate(zip(drawn["order"], places, strict=True), start=1)
        ],
        "places": [str(place) for place in range(1, len(texts) + 1)],
    }


def _items_problem(items: list[dict]) -> str:
    if not FEWEST <= len(items) <= MOST:
        return f"Give between {FEWEST} and {MOST} items: never shown in the right order, two would give it away."
    texts = [item["text"].strip() for item in items]
    return texts_problem(texts, "Item", most=LONGEST) or ids_problem(items, "Item")
