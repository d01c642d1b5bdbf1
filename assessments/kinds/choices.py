"""What single choice and multiple response share: `options`, each {"id", "text", "correct", "feedback"}, with stable ids.

The page names an option by its place in what was drawn: an id may tell where it stood in an imported file, often first.
"""

from collections.abc import Collection, Mapping
from random import Random
from typing import Any

from assessments.kinds.base import (
    FOREIGN,
    Data,
    Draft,
    Drawn,
    Explained,
    Line,
    QuestionKind,
    Response,
    Sent,
    Unreadable,
    ids_problem,
    in_lines,
    texts_problem,
    too_long_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape, chosen_several

MOST_OPTIONS = 12
LONGEST_OPTION = 500
LONGEST_OPTION_FEEDBACK = 1000


class ChoiceKind(QuestionKind):
    def problems(self, draft: Draft) -> dict[str, str]:
        options = draft.content.get("options", [])
        sentence = options_problem(options) or self.key_problem([o for o in options if o["correct"]], options)
        return {"options": sentence} if sentence else {}

    def key_problem(self, right: list[dict], options: list[dict]) -> str:
        raise NotImplementedError

    def frozen_part(self, draft: Draft) -> Data:
        return {
            "options": [
                {
                    "id": str(option["id"]),
                    "text": in_lines(option["text"]),
                    "correct": bool(option["correct"]),
                    "feedback": option.get("feedback", "").strip(),
                }
                for option in draft.content["options"]
            ]
        }

    def option_ids(self, data: Data) -> list[str]:
        return [option["id"] for option in data["options"]]

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        ids = self.option_ids(data)
        if shuffle:
            random.shuffle(ids)
        return {"order": ids}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        texts = {option["id"]: option["text"] for option in data["options"]}
        chosen = chosen_ids(response)
        return {
            "options": [
                {"value": _value_at(place), "text": texts[id_], "chosen": id_ in chosen}
                for place, id_ in enumerate(drawn["order"])
            ]
        }

    def read_ids(self, data: Data, drawn: Drawn, sent: Sent) -> list[str]:
        """The chosen ids in the order of the question. Raises `Unreadable` for an option that it does not have.

        An id itself is read as well: pages that were open before options had values of their own send it.
        """
        given, known = list(sent.get("choice", ())), self.option_ids(data)
        of_value = {id_: id_ for id_ in known} | {
            _value_at(place): id_ for place, id_ in enumerate(drawn.get("order", ()))
        }
        if len(given) > len(known) or not set(given) <= set(of_value):
            raise Unreadable(FOREIGN)
        chosen = {of_value[value] for value in given}
        return [id_ for id_ in known if id_ in chosen]

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        options = {option["id"]: option for option in data["options"]}
        chosen = chosen_ids(response)
        lines = tuple(_line(options[id_], id_ in chosen, reveal) for id_ in drawn["order"])
        return Explained(lines=lines, feedback=data["feedback"] if reveal else "")

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        chosen = chosen_ids(response)
        return "; ".join(option["text"] for option in data["options"] if option["id"] in chosen)

    def key_in_words(self, data: Data) -> str:
        return "; ".join(option["text"] for option in data["options"] if option["correct"])

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        return (
            KeyField(
                "options",
                "The answer that is right",
                Shape.SEVERAL,
                choices=tuple((option["id"], option["text"]) for option in data["options"]),
                help_text="As somebody would choose it: for single choice one option, else the whole set.",
            ),
        )

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        return {"correct": chosen_several(said, "options")}

    def with_key(self, data: Data, key: Key) -> Data:
        return marked(data, key["correct"]) if "correct" in key else data


def marked(data: Data, right: Collection[str]) -> Data:
    """The data with these options as the right ones."""
    return {**data, "options": [{**option, "correct": option["id"] in right} for option in data["options"]]}


def _value_at(place: int) -> str:
    return f"at-{place + 1}"


def chosen_ids(response: Response | None) -> set[str]:
    return set(response["chosen"]) if response else set()


def _line(option: dict, was_chosen: bool, reveal: bool) -> Line:
    may_say = was_chosen or reveal
    return Line(
        text=option["text"],
        was_chosen=was_chosen,
        is_right=option["correct"] if may_say else None,
        feedback=option["feedback"] if may_say else "",
    )


def options_problem(options: list[dict]) -> str:
    """The first thing wrong with a list of options, as a sentence; "" when they can be asked."""
    texts = [option["text"].strip() for option in options]
    if not 2 <= len(options) <= MOST_OPTIONS:
        return f"Give between 2 and {MOST_OPTIONS} options."
    feedback = [option.get("feedback", "") for option in options]
    return (
        texts_problem(texts, "Option", most=LONGEST_OPTION)
        or ids_problem(options, "Option")
        or too_long_problem(feedback, "The feedback of", "option", most=LONGEST_OPTION_FEEDBACK)
    )
