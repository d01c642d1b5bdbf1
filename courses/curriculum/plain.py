"""What the frozen source of a module or lesson says, as plain text with a paragraph on each line.

Walks the plain JSON itself, so that a new kind of block is compared without a word here.
"""

import re
from collections.abc import Iterator
from typing import Any

from lms.html import plain_text

NOT_WORDS = frozenset(
    [
        *("schema", "id", "key", "type", "width", "height", "size", "sha256", "files", "links", "name"),
        *("content_type", "slug", "sha256_of_text"),
    ]
)
ANSWERS = frozenset({"feedback", "is_right"})  # of a knowledge check: they tell which option is right
_ENDS = re.compile(r"</(?:p|li|h\d|tr|td|th|blockquote)>|<br\s*/?>")
_MARK = "\ue000"  # a private sign that no text of ours has


def text_of_source(source: dict[str, Any]) -> str:
    return "\n".join(paragraphs_of(source))


def paragraphs_of(value: Any) -> Iterator[str]:
    """Every text in some plain JSON, in its order."""
    if isinstance(value, str):
        yield from filter(None, map(str.strip, plain_lines(value)))
    elif isinstance(value, list):
        for one in value:
            yield from paragraphs_of(one)
    elif isinstance(value, dict):
        if "sha256" in value:
            yield f"[{value.get('name', 'file')}, {value['sha256'][:8]}]"
        if value.get("is_right"):
            yield "[right]"
        for name, one in value.items():
            if name not in NOT_WORDS:
                yield from paragraphs_of(one)


def without_answers(value: Any) -> Any:
    """The same source without what only those may read who have answered."""
    if isinstance(value, list):
        return [without_answers(one) for one in value]
    if isinstance(value, dict):
        return {name: without_answers(one) for name, one in value.items() if name not in ANSWERS}
    return value


def plain_lines(text: str) -> list[str]:
    """Rich text as lines; anything else as it is, line by line."""
    if "<" not in text:
        return text.splitlines()
    return plain_text(_ENDS.sub(_MARK, text)).split(_MARK)
