"""What regrades make of a version of a question, and the points that follow: pure, over plain values.

A regrade never touches the frozen question. It is a row that says how answers to that version count from now on; those of
one version are read in order, and together they are its ruling.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.enums import RegradeChange
from assessments.kinds import kind_of
from assessments.kinds.base import Draft

Question = Mapping[str, Any]
Key = dict[str, Any]


@dataclass(frozen=True)
class Ruling:
    """How one version counts. `keys` are what is right now, each laid over the frozen data; empty: as it was frozen.

    Of several keys the one that gives an answer most counts. `change` is the newest regrade's, "" without any.
    """

    change: str = ""
    is_void: bool = False
    is_full: bool = False
    keys: tuple[Key, ...] = ()

    @property
    def counts(self) -> bool:
        return not self.is_void


AS_FROZEN = Ruling()


def ruling_of(regrades: Sequence[tuple[str, Key]]) -> Ruling:
    """Of the regrades of one version, the earliest first. A later one keeps what earlier ones accepted, unless it gives a
    new key; voiding and full credit stand above any key."""
    ruling = AS_FROZEN
    for change, key in regrades:
        ruling = _after(ruling, RegradeChange(change), key)
    return ruling


Made = tuple[int, str, Key]  # a regrade: its id, change and key


def rulings_of(
    regrades: Mapping[tuple[str, int], Sequence[Made]], *, without: Collection[int] = ()
) -> dict[tuple[str, int], Ruling]:
    """By key and version. `without` are the ids of regrades that an attempt was kept from, to keep its pass."""
    kept = {
        version: [(change, key) for pk, change, key in made if pk not in without] for version, made in regrades.items()
    }
    return {version: ruling_of(made) for version, made in kept.items() if made}


def _after(ruling: Ruling, change: RegradeChange, key: Key) -> Ruling:
    if change == RegradeChange.VOID:
        return Ruling(change, is_void=True, keys=ruling.keys)
    if change == RegradeChange.FULL:
        return Ruling(change, is_full=True, keys=ruling.keys)
    if change == RegradeChange.KEY:
        return Ruling(change, keys=(key,))
    keys = ruling.keys or ({},)
    return Ruling(change, keys=keys if key in keys else (*keys, key))


def points_of(question: Question, drawn: Mapping, response: dict | None, ruling: Ruling) -> Fraction | None:
    """From 0 to 1; None while a person has to mark it. Full credit is for everybody, also for who left it out."""
    if ruling.is_full:
        return Fraction(1)
    kind, data = kind_of(question["kind"]), question["data"]
    if not ruling.keys:
        return kind.score(data, drawn, response)
    return max(kind.score(with_key(data, key), drawn, response) for key in ruling.keys)


def data_for(question: Question, drawn: Mapping, response: dict | None, ruling: Ruling) -> dict[str, Any]:
    """The frozen data under the key that this answer is judged by: what an explanation is written from."""
    data = question["data"]
    if not ruling.keys:
        return data
    kind = kind_of(question["kind"])
    return max((with_key(data, key) for key in ruling.keys), key=lambda one: kind.score(one, drawn, response))


def data_of_all(data: Mapping[str, Any], ruling: Ruling) -> dict[str, Any]:
    """The frozen data with every option marked as right that is so by some key in force."""
    if not ruling.keys or "options" not in data:
        return dict(data)
    right = {o["id"] for key in ruling.keys for o in with_key(data, key)["options"] if o["correct"]}
    return with_key(data, {"correct": right})


def with_key(data: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """`correct` names the ids of options that are right; everything else replaces what has its name."""
    changed = {**data, **{name: value for name, value in key.items() if name != "correct"}}
    if "correct" in key:
        changed["options"] = [{**option, "correct": option["id"] in key["correct"]} for option in data["options"]]
    return changed


def check_key(question: Question, key: Key) -> None:
    """Raises `Unusable` with what the author of such a key would be told."""
    data = with_key(question["data"], key)
    kind_of(question["kind"]).freeze(Draft(stem=data["stem"], feedback=data["feedback"], content=data))
