"""Words replaced by other words in the frozen source of a module or lesson. Plain JSON in, plain JSON out."""

import re
from html import escape
from typing import Any

from courses.curriculum.asking import fingerprint
from courses.curriculum.plain import NOT_WORDS

ADDRESSES = frozenset({"doi", "url", "host", "video"})
_TAG = re.compile(r"(<[^>]*>)")
_ENDS_A_TAG = re.compile(r"</\w+>")


def replace_words(source: dict[str, Any], old: str, new: str) -> tuple[dict[str, Any], int]:
    """The source with these words replaced wherever its texts say them exactly, and how often. Keys, addresses, the names
    of files and the item's own title stay."""
    changed, count = {}, 0
    for name, value in source.items():
        changed[name], found = (value, 0) if name == "title" else _replaced(name, value, old, new)
        count += found
    return changed, count


def _replaced(name: str, value: Any, old: str, new: str) -> tuple[Any, int]:
    if name in NOT_WORDS or name in ADDRESSES:
        return value, 0
    if isinstance(value, str):
        return _in_rich_text(value, old, new) if _ENDS_A_TAG.search(value) else _in_text(value, old, new)
    if isinstance(value, list):
        parts = [_replaced("", one, old, new) for one in value]
        return [part for part, _ in parts], sum(count for _, count in parts)
    if isinstance(value, dict):
        named = {key: _replaced(key, one, old, new) for key, one in value.items()}
        changed = {key: part for key, (part, _) in named.items()}
        if "sha256_of_text" in changed:  # a statement to sign: its fingerprint is that of its text
            changed["sha256_of_text"] = fingerprint(changed["html"])
        return changed, sum(count for _, count in named.values())
    return value, 0


def _in_text(text: str, old: str, new: str) -> tuple[str, int]:
    """Whole words only: “10 mg” is not found in “110 mg” or in “10 mgs”."""
    before = r"(?<!\w)" if old[:1].isalnum() else ""
    after = r"(?!\w)" if old[-1:].isalnum() else ""
    return re.subn(f"{before}{re.escape(old)}{after}", lambda _: new, text)


def _in_rich_text(html: str, old: str, new: str) -> tuple[str, int]:
    """Between the tags only, as they are written there. Words that a tag divides are not found."""
    old, new = escape(old, quote=False), escape(new, quote=False)
    parts = [(part, 0) if part.startswith("<") else _in_text(part, old, new) for part in _TAG.split(html)]
    return "".join(part for part, _ in parts), sum(count for _, count in parts)
