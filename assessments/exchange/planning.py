"""What importing a file would do to each question, compared with the bank as it is now. Pure, over plain values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from assessments.exchange.portable import Portable, Row, canonical
from assessments.kinds.base import Draft

LISTS = ("options", "pairs", "extras", "items")
FIELDS = ("title", "topic", "competency", "difficulty", "critical", "kind", "references")


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    NAMED = "named"


@dataclass(frozen=True)
class Planned:
    """One question of the file, and what would become of it. `changes` are the parts that differ from the bank."""

    row: Row
    state: State
    changes: tuple[str, ...] = ()
    portable: Portable | None = None


def planned(rows: Sequence[Row], bank: Mapping[str, Portable], *, topic: str) -> list[Planned]:
    """`bank` holds the newest drafts by key, `topic` is for questions that name none and are new."""
    return [_planned(row, bank.get(row.portable.key) if row.portable else None, topic) for row in rows]


def _planned(row: Row, existing: Portable | None, topic: str) -> Planned:
    if row.portable is None:
        return Planned(row, State.NAMED)
    found = row.portable
    if existing is None:
        return Planned(row, State.NEW, portable=replace(found, topic=found.topic or topic))
    found = replace(found, topic=found.topic or existing.topic)
    changes = differences(found, existing)
    return Planned(row, State.CHANGED if changes else State.SAME, changes, found)


def differences(found: Portable, existing: Portable) -> tuple[str, ...]:
    """The names of the parts in which two questions differ, for people."""
    parts = [name for name in FIELDS if getattr(found, name) != getattr(existing, name)]
    if found.draft.stem != existing.draft.stem:
        parts.append("question")
    if found.draft.feedback != existing.draft.feedback:
        parts.append("feedback")
    if found.draft.content != existing.draft.content:
        parts.append("answers")
    return tuple(parts)


def fingerprint_of(plan: Sequence[Planned], bank: Mapping[str, Portable]) -> str:
    """Of everything that the report shows, and of what the bank says of the same questions."""
    said = [[item.row.place, item.state, _plain(item.portable), _plain(_of_bank(item, bank))] for item in plan]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _of_bank(item: Planned, bank: Mapping[str, Portable]) -> Portable | None:
    return bank.get(item.portable.key) if item.portable else None


def _plain(portable: Portable | None) -> dict[str, Any] | None:
    return asdict(portable) if portable else None


# Rows as JSON ---------------------------------------------------------------------------------------------------------


def plain_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def rows_of(plain: Sequence[dict[str, Any]]) -> list[Row]:
    return [Row(**row | {"remarks": tuple(row["remarks"]), "portable": _portable(row["portable"])}) for row in plain]


def _portable(plain: dict[str, Any] | None) -> Portable | None:
    if plain is None:
        return None
    draft = Draft(**plain["draft"])
    return canonical(Portable(**plain | {"draft": draft, "references": tuple(plain["references"])}))


# Ids ------------------------------------------------------------------------------------------------------------------


def with_ids(content: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The content with the ids that the bank gave to the same words; new words get none, and the bank gives them one."""
    content = deepcopy(content)
    for name in LISTS:
        if name in content:
            _take_ids(content[name], earlier.get(name, []))
    gaps = {str(gap["id"]): gap for gap in earlier.get("gaps", [])}
    for gap in content.get("gaps", []):
        _take_ids(gap.get("options", []), gaps.get(gap["id"], {}).get("options", []))
    return content


def _take_ids(new: list[dict], old: list[dict]) -> None:
    ids = {_words(item): item["id"] for item in old}
    for item in new:
        item["id"] = ids.get(_words(item), "")


def _words(item: dict) -> str:
    return " ".join(str(item.get("text") or item.get("left") or "").split())
