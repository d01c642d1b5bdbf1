"""HTML written in Python, for what a page has many of: lines of long lists, links, entries of the navigation.

As Django's `format_html` and `format_html_join`, which ask of each part whether it is a lazy translation, four times over.
On a list of twenty entries that was a tenth of the page.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe


def write(pattern: str, *parts: Any, **named: Any) -> SafeString:
    """The pattern, which is ours, with each part escaped that is not safe already."""
    filled = pattern.format(*map(_escaped, parts), **{name: _escaped(part) for name, part in named.items()})
    return mark_safe(filled)  # noqa: S308 - each part is escaped


def join(lines: Iterable[Any], by: str = "") -> SafeString:
    """One after the other, each escaped if it is not safe already; `by` is ours."""
    return mark_safe(by.join(map(_escaped, lines)))  # noqa: S308 - each line is escaped


def _escaped(part: Any) -> str:
    return part if isinstance(part, SafeString) else escape(str(part))
