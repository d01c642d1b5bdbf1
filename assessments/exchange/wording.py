"""Words of GIFT and Moodle, which say their own format: HTML, plain text, Markdown, or Moodle's own mixture."""

import re
from collections.abc import Sequence
from html import escape

from assessments.exchange.markup import (
    Unplain,
    canonical_html,
    check_depth,
    html_of_text,
    lost_in_html,
    plain_of,
    tree_of,
)
from assessments.exchange.portable import LONGEST_HTML, Reading, Unsayable

HTML, PLAIN, MARKDOWN, MOODLE = "html", "plain", "markdown", "moodle"
REFERENCES = "references"
_TAG = re.compile(
    r"</?(a|b|blockquote|br|code|div|em|h[1-6]|hr|i|img|li|ol|p|span|strong|su[bp]|table|u|ul)\b[^<>]*>", re.I
)


def is_html(text: str, form: str) -> bool:
    """Moodle's own mixture is HTML as soon as it has a tag of it."""
    return form == HTML or (form == MOODLE and _TAG.search(text) is not None)


def as_stem(text: str, form: str, reading: Reading) -> str:
    """Clean HTML; what is left out becomes a remark. Raises `Unsayable`."""
    if not is_html(text, form):
        if form == MARKDOWN:
            reading.remark("Its text is Markdown and is shown as it was typed.")
        return html_of_lines(text)
    if len(text) > LONGEST_HTML:
        raise Unsayable(f"A text of it is longer than {LONGEST_HTML} characters.")
    try:
        check_depth(text)
        reading.remark(*lost_in_html(text))
    except Unplain as why:
        raise Unsayable(str(why)) from None
    return canonical_html(text)


def as_plain(text: str, form: str, reading: Reading) -> str:
    """Plain text; what is left out becomes a remark. Raises `Unsayable` where it would say something else."""
    if not is_html(text, form):
        return text
    try:
        plain, lost = plain_of(text)
    except Unplain as why:
        raise Unsayable(str(why)) from None
    reading.remark(*lost)
    return plain


def html_of_lines(text: str) -> str:
    """Plain text as HTML: a paragraph, with its lines."""
    return f"<p>{escape(text.strip(), quote=False)}</p>".replace("\n", "<br>")


# The worked solution with its references ------------------------------------------------------------------------------


def html_of_notes(feedback: str, references: Sequence[str]) -> str:
    """Both in one text of HTML, for formats that have one place for them."""
    return f"<p>{html_of_text(feedback)}</p>{html_of_list(references, REFERENCES)}"


def html_of_list(texts: Sequence[str], name: str) -> str:
    listed = "".join(f"<li>{html_of_text(text)}</li>" for text in texts)
    return f'<ul class="{name}">{listed}</ul>' if texts else ""


def read_list(text: str, form: str, reading: Reading) -> list[str]:
    """The points of a list; without one, each line of a plain text, or the whole. Raises `Unsayable`."""
    if not is_html(text, form):
        return [line for line in text.split("\n") if line.strip()]
    tree = tree_of(text)
    items = [item for listed in tree.iter("ul") for item in listed if item.tag == "li"]
    return [point for point in (_plain(item, reading) for item in items or [tree]) if point]


def words_most(given: str, reading: Reading) -> int:
    """How many words an essay may have; a file that says nothing gets a number that is named."""
    if given.isascii() and given.isdigit() and len(given) < 7 and int(given):
        return int(given)
    reading.remark("It has no limit of words. 1000 are set; change it if that is not meant.")
    return 1000


def read_notes(text: str, form: str, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """The worked solution and the references again. Raises `Unsayable`."""
    if not is_html(text, form):
        return text, ()
    tree = tree_of(text)
    lists = [child for child in tree if child.tag == "ul" and child.get("class") == REFERENCES]
    references: list[str] = []
    for listed in lists:
        references += [_plain(item, reading) for item in listed]
        tree.remove(listed)
    return _plain(tree, reading), tuple(reference for reference in references if reference)


def _plain(tree, reading: Reading) -> str:
    try:
        plain, lost = plain_of(tree)
    except Unplain as why:
        raise Unsayable(str(why)) from None
    reading.remark(*lost)
    return plain
