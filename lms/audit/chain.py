"""The arithmetic of the hash chain, apart from the database."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Link:
    """The part of an audit row that the chain covers. `at` is ISO 8601 in UTC."""

    id: int
    at: str
    actor: int | None
    action: str
    object_type: str
    object_id: str
    data: str


def link_hash(link: Link, previous: str) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the row."""
    canonical = json.dumps(asdict(link), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


def first_break(links: Iterable[tuple[Link, str, str]]) -> int | None:
    """The id of the first row whose (link, previous, hash) does not follow from the one before, or None."""
    before = ""
    for link, previous, stored in links:
        if previous != before or link_hash(link, previous) != stored:
            return link.id
        before = stored
    return None
