"""What the demonstration's people send: an answer that is right, or one that somebody might well give who does not know."""

from collections.abc import Callable
from random import Random
from typing import Any

from assessments.kinds.numeric import in_words, key_of

Question, Drawn, Sent = dict[str, Any], dict[str, Any], dict[str, list[str]]
WRONG_WORDS = ("light", "deep", "awake", "calm")
ESSAYS = {
    True: (
        "We agree who calls the medical lead and with which words, and who opens the airway meanwhile. The second person "
        "checks mask, oxygen and suction each morning and signs for it. Every month we practise the first minute with the "
        "clock running, and talk about it afterwards."
    ),
    False: "We would stay calm, keep an eye on the person, and call somebody if it gets worse.",
}


def saves_of(question: Question, drawn: Drawn, *, is_right: bool, chance: Random) -> list[Sent]:
    """One save, or one for each step of a case or a story."""
    return _WAYS[question["kind"]](question["data"], drawn, is_right, chance)


def _choices(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    right = [option["id"] for option in data["options"] if option["correct"]]
    wrong = [option["id"] for option in data["options"] if not option["correct"]]
    return [{"choice": right if is_right else [chance.choice(wrong)]}]


def _true_or_false(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    return [{"says": [str(data["is_true"] == is_right).lower()]}]


def _number(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    """Wrong as people are: by a power of ten."""
    key = key_of(data, drawn)
    return [{"value": [in_words(key if is_right else key * chance.choice((10, 100)))], "unit": [data["unit"]]}]


def _words(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    return [{"text": [data["accepted"][0] if is_right else chance.choice(WRONG_WORDS)]}]


def _pairs(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    token_of = {id_: token for token, id_ in drawn["tokens"].items()}
    chosen = list(drawn["order"])
    if not is_right:
        chosen[:2] = chosen[1::-1]
    return [{f"match-{number}": [token_of[id_]] for number, id_ in enumerate(chosen, start=1)}]


def _order(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    wanted = [item["id"] for item in data["items"]]
    if not is_right:
        place = chance.randrange(len(wanted) - 1)
        wanted[place : place + 2] = wanted[place + 1], wanted[place]
    return [{f"place-{number}": [str(wanted.index(id_) + 1)] for number, id_ in enumerate(drawn["order"], start=1)}]


def _gaps(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    missed = None if is_right else chance.choice(data["gaps"])["id"]
    return [{f"gap-{gap['id']}": [_gap(gap, drawn, gap["id"] != missed)] for gap in data["gaps"]}]


def _gap(gap: dict, drawn: Drawn, is_right: bool) -> str:
    if "options" not in gap:
        return gap["accepted"][0] if is_right else "pain"
    wanted = next(option["id"] for option in gap["options"] if option["correct"] == is_right)
    return str(drawn["order"][gap["id"]].index(wanted) + 1)


def _case(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    missed = 0 if is_right else chance.randint(1, len(data["questions"]))
    saves = []
    for number, inner in enumerate(data["questions"], start=1):
        (sent,) = _WAYS[inner["kind"]](inner["data"], drawn["parts"][inner["id"]], number != missed, chance)
        saves.append({f"part-{number}-{name}": values for name, values in sent.items()})
    return saves


def _story(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    """The author writes the best choice first."""
    nodes = {node["id"]: node for node in data["nodes"]}
    node, saves = nodes[data["start"]], []
    while node["choices"]:
        choice = node["choices"][0] if is_right else chance.choice(node["choices"][1:] or node["choices"])
        saves.append({f"step-{len(saves) + 1}": [str(drawn["order"][node["id"]].index(choice["id"]) + 1)]})
        node = nodes[choice["to"]]
    return saves


def _essay(data: dict, drawn: Drawn, is_right: bool, chance: Random) -> list[Sent]:
    return [{"text": [ESSAYS[is_right]]}]


_WAYS: dict[str, Callable[[dict, Drawn, bool, Random], list[Sent]]] = {
    "single": _choices,
    "multiple": _choices,
    "truefalse": _true_or_false,
    "numeric": _number,
    "shorttext": _words,
    "matching": _pairs,
    "ordering": _order,
    "cloze": _gaps,
    "vignette": _case,
    "scenario": _story,
    "essay": _essay,
}
