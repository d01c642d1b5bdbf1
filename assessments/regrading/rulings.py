"""What regrades make of a version of a question, and the points that follow: pure, over plain values.

A regrade never touches the frozen question. It is a row that says how answers to that version count from now on; those of
one version are read in order, and together they are its ruling.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.enums import RegradeChange
from assessments.kinds import kind_of
from assessments.kinds.choices import marked
from assessments.kinds.keys import Key

Question = Mapping[str, Any]


@dataclass(frozen=True)
class Ruling:
    """How one version counts. `keys` are what is right now, each laid over the frozen data; empty: as it was frozen.

    Of several keys the one that gives an answer most counts; in a case and in a text with gaps, for each part by itself.
    `change` is the newest regrade's, "" without any.
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
    keys = ruling.keys or ({},)
    if change == RegradeChange.KEY:
        return Ruling(change, keys=_each_once(_over(earlier, key) for earlier in keys))
    return Ruling(change, keys=_each_once([*keys, _over(keys[0], key)]))


def _over(earlier: Key, key: Key) -> Key:
    """A key of one question of a case leaves what was said of its others; any other key stands for itself."""
    if "questions" not in key:
        return key
    return {"questions": {**earlier.get("questions", {}), **key["questions"]}}


def _each_once(keys: Iterable[Key]) -> tuple[Key, ...]:
    found: list[Key] = []
    for key in keys:
        if key not in found:
            found.append(key)
    return tuple(found)


def points_of(question: Question, drawn: Mapping, response: dict | None, ruling: Ruling) -> Fraction | None:
    """From 0 to 1; None while a person has to mark it. Full credit is for everybody, also for who left it out."""
    if ruling.is_full:
        return Fraction(1)
    return kind_of(question["kind"]).score(data_for(question, drawn, response, ruling), drawn, response)


def data_for(question: Question, drawn: Mapping, response: dict | None, ruling: Ruling) -> dict[str, Any]:
    """The frozen data under the key that this answer is judged by: what an explanation is written from."""
    if not ruling.keys:
        return question["data"]
    return kind_of(question["kind"]).best_of(_versions(question, ruling), drawn, response)


def data_now(question: Question, ruling: Ruling) -> dict[str, Any]:
    """The frozen data under the first key in force: what a form for another one starts from."""
    return _versions(question, ruling)[0] if ruling.keys else question["data"]


def _versions(question: Question, ruling: Ruling) -> list[dict[str, Any]]:
    kind = kind_of(question["kind"])
    return [kind.with_key(question["data"], key) for key in ruling.keys]


def data_of_all(data: Mapping[str, Any], ruling: Ruling) -> dict[str, Any]:
    """The frozen data with every option marked as right that is so by some key in force."""
    if not ruling.keys or "options" not in data:
        return dict(data)
    as_frozen = {option["id"] for option in data["options"] if option["correct"]}
    return marked(data, set().union(*(key.get("correct", as_frozen) for key in ruling.keys)))


def check_key(question: Question, key: Key) -> None:
    """Raises `Unusable` with what the author of such a key would be told."""
    kind_of(question["kind"]).check_key(question["data"], key)
