"""Links inside copied pages. A link into what was copied leads to the copies; a link out of it stays.

Pure: what a page says goes in as plain JSON, as Wagtail keeps it in its revisions, and comes out again.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from wagtail.blocks import (
    BaseStreamBlock,
    BaseStructBlock,
    Block,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text.rewriters import extract_attrs

_LINK = re.compile(r"<a\b[^>]*>")
_ID = re.compile(r'(\sid=")\d+(")')

Pages = Mapping[int, int]  # the id of each page that was copied, and that of its copy


def relinked_content(model: type[Page], content: Mapping[str, Any], pages: Pages) -> dict[str, Any]:
    """Those fields of a page's or revision's content that say something else once their links lead to the copies."""
    changed = {}
    for field in model._meta.get_fields():
        old = content.get(field.name)
        if isinstance(field, RichTextField) and old:
            new = relinked_html(old, pages)
        elif isinstance(field, StreamField) and old:
            new = json.dumps(relinked_value(field.stream_block, json.loads(old), pages))
        else:
            continue
        if new != old:
            changed[field.name] = new
    return changed


def relinked_value(block: Block, value: Any, pages: Pages) -> Any:
    """The stored value of a block of any kind, with what is inside it. What no longer fits its block stays as it is."""
    if isinstance(block, BaseStreamBlock) and isinstance(value, list):
        return [_relinked_item(block.child_blocks.get(item.get("type")), item, pages) for item in value]
    if isinstance(block, ListBlock) and isinstance(value, list):
        return [_relinked_item(block.child_block, item, pages) for item in value]
    if isinstance(block, BaseStructBlock) and isinstance(value, dict):
        return {
            name: relinked_value(block.child_blocks[name], inner, pages) if name in block.child_blocks else inner
            for name, inner in value.items()
        }
    if isinstance(block, PageChooserBlock) and isinstance(value, int):
        return pages.get(value, value)
    if isinstance(block, RichTextBlock) and isinstance(value, str):
        return relinked_html(value, pages)
    return value


def _relinked_item(block: Block | None, item: Any, pages: Pages) -> Any:
    """One entry of a stream or a list. Lists of long ago hold bare values."""
    if block is None:
        return item
    if isinstance(item, dict) and {"type", "value"} <= item.keys():
        return item | {"value": relinked_value(block, item["value"], pages)}
    return relinked_value(block, item, pages)


def relinked_html(html: str, pages: Pages) -> str:
    """Rich text as Wagtail stores it. Only links to pages are touched: a document may have the same number."""

    def relinked(match: re.Match) -> str:
        attributes = extract_attrs(match[0][2:-1])
        number = attributes.get("id", "")
        if attributes.get("linktype") != "page" or not number.isdecimal() or int(number) not in pages:
            return match[0]
        return _ID.sub(rf"\g<1>{pages[int(number)]}\2", match[0])

    return _LINK.sub(relinked, html)


def free_slug(slug: str, taken: set[str], longest: int) -> str:
    """The slug itself, or with the first number that makes it one of its own."""
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = slug[: longest - len(ending)] + ending
    return candidate
