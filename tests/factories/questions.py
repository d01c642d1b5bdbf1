"""What authors write for each kind of question, and what a trainee's page sends for a right and for a wrong answer.

`mark` is put into every text that must stay on the server until it may be shown.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from assessments.kinds import kind_of
from assessments.kinds.base import Draft
from assessments.kinds.numeric import in_words, key_of

Sent = dict[str, list[str]]

# The dose is drawn for each attempt: 50, 55, ... 100 kg at 0.5 or 0.75 mg/kg.
DRAWN_DOSE = {
    "parameters": [
        {"name": "weight", "low": "50", "high": "100", "step": "5"},
        {"name": "dose", "low": "0.5", "high": "0.75", "step": "0.25"},
    ],
    "answer": "",
    "formula": "weight * dose",
    "unit": "mg",
}
DRAWN_STEM = "<p>{weight} kg, {dose} mg/kg: which dose?</p>"


def _options(key: str, mark: str, right: str) -> list[dict[str, Any]]:
    return [
        {"id": id_, "text": f"Option {id_} of {key}", "correct": id_ in right, "feedback": f"{mark} about {id_}"}
        for id_ in "abcd"
    ]


def _scenario(key: str, mark: str) -> dict[str, Any]:
    def choice(id_: str, text: str, to: str) -> dict[str, str]:
        return {"id": id_, "text": text, "to": to, "feedback": f"{mark} about {text.lower()}"}

    def ending(id_: str, text: str, outcome: str, points: str) -> dict[str, Any]:
        return {"id": id_, "text": text, "outcome": outcome, "points": points, "debrief": f"{mark} debrief of {id_}"}

    return {
        "start": "n1",
        "nodes": [
            {
                "id": "n1",
                "text": f"<p>The saturation falls to 84 % in {key}.</p>",
                "choices": [choice("c1", "Open the airway", "n2"), choice("c2", "Wait a minute", "n5")],
            },
            {
                "id": "n2",
                "text": "<p>She breathes again, shallowly.</p>",
                "choices": [choice("c3", "Give oxygen and stay", "n3"), choice("c4", "Leave to make a call", "n4")],
            },
            ending("n3", "<p>Her colour returns.</p>", "safe", "1"),
            ending("n4", "<p>She is alone when it falls again.</p>", "unsafe", "0.25"),
            ending("n5", "<p>She is blue.</p>", "unsafe", "0"),
        ],
    }


CONTENT: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "single": lambda key, mark: {"options": _options(key, mark, "b")},
    "multiple": lambda key, mark: {"options": _options(key, mark, "ab")},
    "truefalse": lambda key, mark: {
        "is_true": True,
        "feedback_true": f"{mark} about true",
        "feedback_false": f"{mark} about false",
    },
    "numeric": lambda key, mark: {"answer": "10", "unit": "mg"},
    "shorttext": lambda key, mark: {"accepted": [f"{mark}capnography", f"{mark}capnometry"]},
    "matching": lambda key, mark: {
        "pairs": [{"id": f"p{n}", "left": f"Sign {n} of {key}", "right": f"Cause {n}"} for n in (1, 2, 3)],
        "extras": [{"id": "x1", "text": "Cause of nothing"}],
    },
    "ordering": lambda key, mark: {"items": [{"id": f"i{n}", "text": f"Item {n} of {key}"} for n in (1, 2, 3, 4)]},
    "cloze": lambda key, mark: {
        "text": "<p>First open the [[1]], then count the [[2]].</p>",
        "gaps": [
            {
                "id": "1",
                "options": [
                    {"id": "o1", "text": "airway", "correct": True},
                    {"id": "o2", "text": "window", "correct": False},
                    {"id": "o3", "text": "notes", "correct": False},
                ],
            },
            {"id": "2", "accepted": [f"{mark}breaths"]},
        ],
    },
    "vignette": lambda key, mark: {
        "questions": [
            {
                "id": f"v{number}",
                "kind": kind,
                "stem": f"<p>Question {number} of the case of {key}</p>",
                "feedback": f"{mark} general of {number}",
                "data": CONTENT[kind](f"part {number}", mark),
            }
            for number, kind in enumerate(("single", "matching", "numeric"), start=1)
        ]
    },
    "scenario": _scenario,
    "essay": lambda key, mark: {"words_most": 20, "criteria": [f"{mark} names the airway"]},
}


def draft(kind: str, key: str = "q", *, mark: str = "", stem: str = "", content: dict | None = None) -> Draft:
    """What an author wrote. `content` replaces or adds fields of the kind's own."""
    written = CONTENT[kind](key, mark) | (content or {})
    return Draft(stem=stem or f"<p>Stem of {key}</p>", feedback=f"{mark} general", content=written)


def frozen(kind: str, key: str = "q", **fields) -> dict[str, Any]:
    return kind_of(kind).freeze(draft(kind, key, **fields))


def arranged(kind: str, data: dict[str, Any], *, seed: int = 1, shuffle: bool = True) -> dict[str, Any]:
    return kind_of(kind).arrange(data, Random(seed), shuffle=shuffle)


def saves_for(kind: str, data: dict, drawn: dict, *, right: bool = True) -> list[Sent]:
    """What the pages send for an answer that earns everything, or nothing: one save, or one for each step."""
    return SAVES[kind](data, drawn, right)


def _choices(data: dict, drawn: dict, right: bool) -> list[Sent]:
    wanted = [option["id"] for option in data["options"] if option["correct"] == right]
    return [{"choice": [f"at-{drawn['order'].index(id_) + 1}" for id_ in (wanted if right else wanted[:1])]}]


def _numeric(data: dict, drawn: dict, right: bool) -> list[Sent]:
    key = key_of(data, drawn)
    return [{"value": [in_words(key if right else key * 10 + 1)], "unit": [data["unit"]]}]


def _matching(data: dict, drawn: dict, right: bool) -> list[Sent]:
    token_of = {id_: token for token, id_ in drawn["tokens"].items()}
    lefts = drawn["order"]
    chosen = lefts if right else lefts[1:] + lefts[:1]
    return [{f"match-{number}": [token_of[id_]] for number, id_ in enumerate(chosen, start=1)}]


def _ordering(data: dict, drawn: dict, right: bool) -> list[Sent]:
    wanted = [item["id"] for item in data["items"]]
    if not right:
        wanted.reverse()
    return [{f"place-{n}": [str(wanted.index(id_) + 1)] for n, id_ in enumerate(drawn["order"], start=1)}]


def _cloze(data: dict, drawn: dict, right: bool) -> list[Sent]:
    return [{f"gap-{gap['id']}": [_gap(gap, drawn, right)] for gap in data["gaps"]}]


def _gap(gap: dict, drawn: dict, right: bool) -> str:
    if "options" not in gap:
        return gap["accepted"][0] if right else "nothing of the kind"
    wanted = next(option["id"] for option in gap["options"] if option["correct"] == right)
    return str(drawn["order"][gap["id"]].index(wanted) + 1)


def _vignette(data: dict, drawn: dict, right: bool) -> list[Sent]:
    saves = []
    for number, question in enumerate(data["questions"], start=1):
        (sent,) = saves_for(question["kind"], question["data"], drawn["parts"][question["id"]], right=right)
        saves.append({f"part-{number}-{name}": values for name, values in sent.items()})
    return saves


def _scenario_saves(data: dict, drawn: dict, right: bool) -> list[Sent]:
    """Always the first choice of the author, or once the last, which in our story leads to the worst ending."""
    nodes = {node["id"]: node for node in data["nodes"]}
    node, saves = nodes[data["start"]], []
    while node["choices"]:
        choice = node["choices"][0 if right else -1]
        place = drawn["order"][node["id"]].index(choice["id"]) + 1
        saves.append({f"step-{len(saves) + 1}": [str(place)]})
        node = nodes[choice["to"]]
    return saves


SAVES: dict[str, Callable[[dict, dict, bool], list[Sent]]] = {
    "single": _choices,
    "multiple": _choices,
    "truefalse": lambda data, drawn, right: [{"says": [str(data["is_true"] == right).lower()]}],
    "numeric": _numeric,
    "shorttext": lambda data, drawn, right: [{"text": [data["accepted"][0] if right else "nothing of the kind"]}],
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "vignette": _vignette,
    "scenario": _scenario_saves,
    "essay": lambda data, drawn, right: [{"text": ["Open the airway." if right else "Wait."]}],
}


def response_to(kind: str, data: dict, drawn: dict, *, right: bool = True) -> dict[str, Any]:
    """The response that is saved in the end."""
    response = None
    for sent in saves_for(kind, data, drawn, right=right):
        response = kind_of(kind).parse(data, drawn, sent, response)
    return response
