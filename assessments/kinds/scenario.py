"""Branching scenario: an emergency unfolds. `start` names the first of `nodes`, each {"id", "text", "choices"}; a choice is
{"id", "text", "to", "feedback"}. A node without choices is an ending, with `outcome` (safe or unsafe), `points` and `debrief`.

Each step is final, as it would be in the room. The story earns the points of the ending it came to, and nothing on the way.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

from assessments.kinds.base import (
    Data,
    Draft,
    Drawn,
    Ending,
    Explained,
    QuestionKind,
    Response,
    Sent,
    Step,
    Unreadable,
    Unusable,
    as_html,
    ids_problem,
    in_lines,
    numbered,
    place_of,
    texts_problem,
    too_long_problem,
)
from assessments.kinds.keys import Key, KeyField, Shape
from assessments.kinds.numeric import plain_decimal
from assessments.kinds.story import Station, safe_path, stations_of
from lms.html import clean_html, plain_text

MOST_NODES = 60
MOST_CHOICES = 6
LONGEST_TEXT = 4000
LONGEST_CHOICE = 500
LONGEST_FEEDBACK = 2000
OUTCOMES = ("safe", "unsafe")
WORDS_OF_ENDING = 12


class Scenario(QuestionKind):
    name = "scenario"
    label = "Branching scenario"
    template = "assessments/kinds/scenario.html"
    credit = "In a story in which you decide, each step is final, and what counts is where it ends."
    is_answered_in_steps = True
    step_button = "Do this"

    def problems(self, draft: Draft) -> dict[str, str]:
        nodes, start = draft.content.get("nodes", []), str(draft.content.get("start", ""))
        if sentence := _nodes_problem(nodes):
            return {"nodes": sentence}
        if start not in {str(node["id"]) for node in nodes}:
            return {"start": "Name the step with which the story begins."}
        sentence = _paths_problem({str(node["id"]): node for node in nodes}, start)
        return {"nodes": sentence} if sentence else {}

    def frozen_part(self, draft: Draft) -> Data:
        content = draft.content
        return {"start": str(content["start"]), "nodes": [_frozen_node(node) for node in content["nodes"]]}

    def arrange(self, data: Data, random: Random, *, shuffle: bool) -> dict[str, Any]:
        orders = {node["id"]: [choice["id"] for choice in node["choices"]] for node in data["nodes"]}
        if shuffle:
            for order in orders.values():
                random.shuffle(order)
        return {"order": {id_: order for id_, order in orders.items() if order}}

    def present(self, data: Data, drawn: Drawn, response: Response | None) -> dict[str, Any]:
        """The steps taken, and the place where she stands; nothing of what may come."""
        walked = list(_walk(data, response))
        node = walked[-1][0]
        texts = {choice["id"]: choice["text"] for choice in node["choices"]}
        return {
            "taken": [{"text": clean_html(at["text"]), "choice": choice["text"]} for at, choice in walked[:-1]],
            "text": clean_html(node["text"]),
            "number": len(walked),
            "choices": [
                {"value": str(place), "text": texts[id_]}
                for place, id_ in enumerate(drawn["order"].get(node["id"], []), start=1)
            ],
        }

    def parse(self, data: Data, drawn: Drawn, sent: Sent, earlier: Response | None = None) -> Response:
        """The path taken before, and one step more. What was sent of the steps before must say the same."""
        path = list(earlier["path"]) if earlier else []
        given = numbered(sent, "step", MOST_NODES)
        nodes = [node for node, _ in _walk(data, earlier)]
        if not given:
            raise Unreadable("Choose what you do first, or skip the question for now.")
        if max(given) > len(nodes):
            raise Unreadable("The steps of this story are taken in their order. Reload the page to see which is next.")
        chosen = {number: _choice_at(nodes[number - 1], drawn, value) for number, value in given.items()}
        if any(id_ != path[number - 1] for number, id_ in chosen.items() if number <= len(path)):
            raise Unreadable("That step is taken already, and is final. Reload the page to go on from where you are.")
        return {"path": [*path, *(id_ for number, id_ in chosen.items() if number > len(path))]}

    def is_complete(self, data: Data, drawn: Drawn, response: Response | None) -> bool:
        return not _stands_at(data, response)["choices"]

    def goes_on(self, data: Data, drawn: Drawn, response: Response) -> bool:
        """Always: the ending is to be read as well."""
        return True

    def score(self, data: Data, drawn: Drawn, response: Response | None) -> Fraction:
        return Fraction(_stands_at(data, response).get("points", "0"))

    def explain(self, data: Data, drawn: Drawn, response: Response | None, *, reveal: bool) -> Explained:
        walked = list(_walk(data, response))
        last = walked[-1][0]
        steps = tuple(
            Step(clean_html(node["text"]), choice["text"], choice["feedback"]) for node, choice in walked[:-1]
        )
        return Explained(
            steps=steps,
            ending=None if last["choices"] else _ending(last),
            expected=" → ".join(choice["text"] for choice in safe_path(data)) if reveal else "",
            feedback=data["feedback"] if reveal else "",
        )

    def overview(self, data: Data) -> list[Station]:
        return stations_of(data)

    def summary(self, data: Data, drawn: Drawn, response: Response | None) -> str:
        return " → ".join(choice["text"] for _, choice in _walk(data, response) if choice)

    def key_in_words(self, data: Data) -> str:
        return "; ".join(f"“{_shortened(node)}” {node['outcome']}, {node['points']} points" for node in _endings(data))

    def key_fields(self, data: Data) -> tuple[KeyField, ...]:
        return tuple(
            field for number, node in enumerate(_endings(data), start=1) for field in _ending_fields(number, node)
        )

    def read_key(self, data: Data, said: Mapping[str, Any]) -> Key:
        return {
            "endings": {
                node["id"]: {
                    "outcome": said.get(f"outcome-{number}") or "",
                    "points": (said.get(f"points-{number}") or "").strip(),
                }
                for number, node in enumerate(_endings(data), start=1)
            }
        }

    def with_key(self, data: Data, key: Key) -> Data:
        given = key.get("endings", {})
        return {**data, "nodes": [{**node, **given.get(node["id"], {})} for node in data["nodes"]]}

    def check_key(self, data: Data, key: Key) -> None:
        given = key.get("endings", {})
        if set(given) != {node["id"] for node in _endings(data)} or any(
            set(said) != {"outcome", "points"} for said in given.values()
        ):
            raise Unusable({"points-1": "Say of each ending what it is and what it earns."})
        super().check_key(data, key)


def _endings(data: Data) -> list[dict]:
    return [node for node in data["nodes"] if not node["choices"]]


def _ending_fields(number: int, node: dict) -> tuple[KeyField, KeyField]:
    label, outcomes = f"Ending {number}", tuple((outcome, outcome.capitalize()) for outcome in OUTCOMES)
    return (
        KeyField(
            f"points-{number}",
            f"{label}: points, from 0 to 1",
            Shape.TEXT,
            initial=node["points"],
            help_text=_shortened(node),
        ),
        KeyField(f"outcome-{number}", f"{label} is", Shape.ONE, choices=outcomes, initial=node["outcome"]),
    )


def _shortened(node: dict) -> str:
    words = plain_text(node["text"]).split()
    return " ".join(words[:WORDS_OF_ENDING]) + (" …" if len(words) > WORDS_OF_ENDING else "")


def _walk(data: Data, response: Response | None) -> Iterator[tuple[dict, dict | None]]:
    """Every node that she came to with the choice that she made there; the last one without."""
    nodes = {node["id"]: node for node in data["nodes"]}
    node = nodes[data["start"]]
    for id_ in response["path"] if response else ():
        choice = next(choice for choice in node["choices"] if choice["id"] == id_)
        yield node, choice
        node = nodes[choice["to"]]
    yield node, None


def _stands_at(data: Data, response: Response | None) -> dict:
    return list(_walk(data, response))[-1][0]


def _choice_at(node: dict, drawn: Drawn, value: str) -> str:
    """The id of the choice that `value` names there. Raises `Unreadable`."""
    order = drawn["order"].get(node["id"], [])
    if not order:
        raise Unreadable("This story has come to its end. Go on to the next question.")
    return order[place_of(value, len(order))]


def _ending(node: dict) -> Ending:
    return Ending(text=clean_html(node["text"]), is_safe=node["outcome"] == "safe", debrief=node["debrief"])


def _frozen_node(node: dict) -> dict[str, Any]:
    frozen = {"id": str(node["id"]), "text": as_html(node["text"]), "choices": []}
    if not node.get("choices"):
        points = format(plain_decimal(node["points"]).normalize(), "f")
        return frozen | {"outcome": node["outcome"], "points": points, "debrief": node.get("debrief", "").strip()}
    frozen["choices"] = [
        {
            "id": str(choice["id"]),
            "text": in_lines(choice["text"]),
            "to": str(choice["to"]),
            "feedback": choice.get("feedback", "").strip(),
        }
        for choice in node["choices"]
    ]
    return frozen


def _nodes_problem(nodes: list[dict]) -> str:
    """The first thing wrong with the steps of a story, each by itself."""
    if not 2 <= len(nodes) <= MOST_NODES:
        return f"Give between 2 and {MOST_NODES} steps, endings among them."
    choices = [choice for node in nodes for choice in node.get("choices") or []]
    found = [(node["id"], _node_problem(node)) for node in nodes]
    return (
        ids_problem(nodes, "Step")
        or ids_problem(choices, "Choice")
        or next((f"Step “{id_}”: {sentence}" for id_, sentence in found if sentence), "")
    )


def _node_problem(node: dict) -> str:
    text = node.get("text", "")
    if not plain_text(text):
        return "Write what happens."
    if len(text) > LONGEST_TEXT:
        return f"Keep the text under {LONGEST_TEXT} characters."
    return _choices_problem(node["choices"]) if node.get("choices") else _ending_problem(node)


def _choices_problem(choices: list[dict]) -> str:
    if len(choices) > MOST_CHOICES:
        return f"Give at most {MOST_CHOICES} choices."
    feedback = [choice.get("feedback", "") for choice in choices]
    return texts_problem(
        [choice["text"].strip() for choice in choices], "Choice", most=LONGEST_CHOICE
    ) or too_long_problem(feedback, "The feedback of", "choice", most=LONGEST_FEEDBACK)


def _ending_problem(node: dict) -> str:
    points = plain_decimal(node.get("points", ""))
    if node.get("outcome") not in OUTCOMES:
        return "It has no choices, so it is an ending: say whether it is safe or unsafe."
    if points is None or not 0 <= points <= 1:
        return "Give the ending points from 0 to 1."
    if node["outcome"] == "unsafe" and points == 1:
        return "An unsafe ending cannot earn the whole point."
    if len(node.get("debrief", "")) > LONGEST_FEEDBACK:
        return f"Keep the debrief under {LONGEST_FEEDBACK} characters."
    return ""


def _paths_problem(nodes: dict[str, dict], start: str) -> str:
    """The first thing wrong with how the steps lead to one another."""
    for id_, node in nodes.items():
        lost = next((choice for choice in node.get("choices") or [] if str(choice["to"]) not in nodes), None)
        if lost:
            return f"Step “{id_}”: “{lost['text'].strip()}” leads to a step that does not exist."
    order = _in_order(nodes, start)
    if order is None:
        return "The story leads back to a step it has passed. Let every choice lead on."
    if unreachable := [id_ for id_ in nodes if id_ not in order]:
        return f"No choice leads to step “{unreachable[0]}”."
    endings = [node for node in nodes.values() if not node.get("choices")]
    if not any(node["outcome"] == "safe" and plain_decimal(node["points"]) == 1 for node in endings):
        return "Give at least one safe ending, with the whole point."
    return ""


def _in_order(nodes: dict[str, dict], start: str) -> list[str] | None:
    """The steps that can be reached, each after all that it leads to; None when a path leads back."""
    done: dict[str, None] = {}
    stack: list[tuple[str, Iterator[str]]] = [(start, _next_steps(nodes[start]))]
    on_path = {start}
    while stack:
        at, ahead = stack[-1]
        step = next(ahead, None)
        if step is None:
            stack.pop()
            on_path.discard(at)
            done[at] = None
        elif step in on_path:
            return None
        elif step not in done:
            on_path.add(step)
            stack.append((step, _next_steps(nodes[step])))
    return list(done)


def _next_steps(node: dict) -> Iterator[str]:
    return iter([str(choice["to"]) for choice in node.get("choices") or []])
