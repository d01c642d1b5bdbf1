"""HTML of other programs as our clean HTML or as plain text, and our plain text as HTML, so that reading gives it back exactly.

Plain text whose spaces or lines HTML would not keep stands in `<span class="plain-text">`; within it nothing is folded.
"""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from lms.html import ALLOWED_TAGS, clean_html

DEEPEST = 60
EXACT = "plain-text"
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
BLOCKS = frozenset(
    [
        *("address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("li", "ol", "p", "pre", "section", "table", "tr", "ul"),
    ]
)
ENDED_BY_THE_NEXT = frozenset(["p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option"])
SILENT = frozenset(["script", "style", "template", "title", "head", "noscript"])
PLAIN = frozenset(["span", "div", "p", "br", "font", "html", "body", "wbr", "li", "ul", "ol"])
MEDIA = {
    "img": "an image",
    "audio": "a sound",
    "video": "a film",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "script": "a script",
    "input": "a form field",
    "svg": "a drawing",
}
UNKNOWN_TO_THE_EDITOR = {"table": "table", "a": "link", "h2": "heading", "blockquote": "quotation"}
UNICODE_SUP = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
UNICODE_SUB = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_DIV = re.compile(r"(</?)div\b", re.IGNORECASE)
TEX = (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"))


class Unplain(Exception):
    """Plain text cannot say this without saying something else. Its message is a sentence."""


# Trees ----------------------------------------------------------------------------------------------------------------


class _Tree(HTMLParser):
    """Elements of any HTML, however broken: ends that nothing began are ignored, depths beyond `DEEPEST` are flat."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID and len(self.open) < DEEPEST:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data):
        add_text(self.open[-1], data)


class _Depth(HTMLParser):
    """How deep elements stand in each other at most; those that the next one of their kind ends are not counted."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.depth = self.deepest = 0

    def handle_starttag(self, tag, attrs):
        if tag not in VOID and tag not in ENDED_BY_THE_NEXT:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag):
        if tag not in VOID and tag not in ENDED_BY_THE_NEXT:
            self.depth = max(0, self.depth - 1)


def check_depth(html: str) -> None:
    """Cleaning takes the square of the depth, and nobody writes so deep. Raises `Unplain`."""
    parser = _Depth()
    parser.feed(html)
    if parser.deepest > DEEPEST:
        raise Unplain(f"Its formatting is nested more than {DEEPEST} deep.")


def tree_of(html: str) -> Element:
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return parser.root


def add_text(element: Element, text: str) -> None:
    """Text after everything that the element already holds."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def inner_html(element: Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: Element) -> Iterator[str]:
    yield escape(element.text or "", quote=False)
    for child in element:
        name = local_name(child)
        attributes = "".join(f' {local(key)}="{escape(value)}"' for key, value in child.attrib.items())
        if name in VOID:
            yield f"<{name}{attributes}>"
        else:
            yield f"<{name}{attributes}>{inner_html(child)}</{name}>"
        yield escape(child.tail or "", quote=False)


def local_name(element: Element) -> str:
    return local(element.tag) if isinstance(element.tag, str) else ""


def local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


# HTML that stays HTML -------------------------------------------------------------------------------------------------


def canonical_html(html: str) -> str:
    """Clean HTML in one spelling: named characters as themselves, one sign for a new line, bare words as a paragraph.

    Raises `Unplain` for what is nested too deep.
    """
    check_depth(html)
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    tree = tree_of(str(clean_html(_DIV.sub(r"\1p", html))).strip())
    _fold(tree)
    clean = str(clean_html(inner_html(tree))).strip()
    return clean if not clean or any(local_name(child) in BLOCKS for child in tree) else f"<p>{clean}</p>"


def _fold(element: Element) -> None:
    """Only the spaces that a page shows: none around blocks, one between words."""
    for node in element.iter():
        node.text = _SPACES.sub(" ", node.text or "")
        node.tail = _SPACES.sub(" ", node.tail or "")
    for parent in element.iter():
        for child in parent:
            if local_name(child) in BLOCKS:
                child.text = (child.text or "").lstrip(" ")
                child.tail = (child.tail or "").lstrip(" ")
                _end_without_space(child)


def _end_without_space(block: Element) -> None:
    if len(block):
        block[-1].tail = (block[-1].tail or "").rstrip(" ")
    else:
        block.text = (block.text or "").rstrip(" ")


def lost_in_html(html: str | Element) -> list[str]:
    """What cleaning leaves out of this HTML, as sentences. Raises `Unplain` for what must not be left out."""
    tree = tree_of(html) if isinstance(html, str) else html
    tags = {local_name(element).lower() for element in tree.iter()}
    if "math" in tags:
        raise Unplain("It holds a formula (MathML), which cannot be shown here.")
    lost = sorted({MEDIA[tag] for tag in tags if tag in MEDIA})
    sentences = [f"Left out: {', '.join(lost)}."] if lost else []
    formatting = sorted(tags - ALLOWED_TAGS - PLAIN - SILENT - set(MEDIA) - {"tfoot", "source", "track", ""})
    unknown = [word for tag, word in UNKNOWN_TO_THE_EDITOR.items() if tag in tags]
    if unknown:
        sentences.append(
            f"The editor of the bank knows no {' and no '.join(unknown)}: that is lost once it is edited there."
        )
    if formatting:
        sentences.append(f"Formatting left out: {', '.join(formatting[:8])}.")
    text = "".join(tree.itertext())
    if any(begin in text and end in text.partition(begin)[2] for begin, end in TEX):
        sentences.append("It holds a TeX formula, which is shown as it was typed.")
    return sentences


# HTML that becomes plain text -----------------------------------------------------------------------------------------


def text_of_html(html: str) -> str:
    """The words alone; for titles and keys."""
    try:
        return plain_of(html)[0]
    except Unplain:
        return " ".join("".join(tree_of(html).itertext()).split())


def plain_of(html: str | Element) -> tuple[str, list[str]]:
    """Plain text with its lines, and what was left out. Raises `Unplain` where the text would say something else."""
    tree = tree_of(html) if isinstance(html, str) else html
    lost: set[str] = set()
    text = "".join(_inside(tree, lost))
    lines = [line.strip(" \t") for line in text.split("\n")]
    folded = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(" \t\n")
    return folded.replace(_LINE, "\n").replace(_SPACE, " ").replace(_TAB, "\t"), _sentences(lost)


# Private characters that stand for spaces which must be kept, while all others are folded.
_LINE, _SPACE, _TAB = "\ufdd0", "\ufdd1", "\ufdd2"


def _inside(element: Element, lost: set[str]) -> Iterator[str]:
    yield _SPACES.sub(" ", element.text or "")
    for child in element:
        yield from _words(child, lost)
        yield _SPACES.sub(" ", child.tail or "")


def _words(element: Element, lost: set[str]) -> Iterator[str]:
    name = local_name(element).lower()
    if name in MEDIA:
        lost.add(MEDIA[name])
    elif name and name not in PLAIN and name not in SILENT:
        lost.add("formatting")
    if name == "math":
        raise Unplain("It holds a formula (MathML), which cannot be shown here.")
    if EXACT in element.get("class", "").split():
        yield _exact(element)
    elif name in ("sup", "sub"):
        yield _raised("".join(element.itertext()), UNICODE_SUP if name == "sup" else UNICODE_SUB)
    elif name == "br":
        yield "\n"
    elif name in BLOCKS:
        yield from ("\n", *_inside(element, lost), "\n")
    elif name not in SILENT:
        yield from _inside(element, lost)


def _exact(element: Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        pieces += ["\n" if local_name(child) == "br" else "".join(child.itertext()), child.tail or ""]
    return "".join(pieces).replace("\n", _LINE).replace(" ", _SPACE).replace("\t", _TAB)


def _raised(text: str, table: dict[int, str]) -> str:
    """Raised or lowered signs as characters of their own: "10<sup>3</sup>" must never become "103"."""
    raised = text.strip().translate(table)
    if raised and any(sign == before for sign, before in zip(raised, text.strip(), strict=True)):
        raise Unplain(f"“{text.strip()[:40]}” is raised or lowered, which plain text cannot show.")
    return raised


def _sentences(lost: set[str]) -> list[str]:
    media = sorted(lost - {"formatting"})
    sentences = [f"Left out: {', '.join(media)}."] if media else []
    return sentences + (["The formatting of a text was left out."] if "formatting" in lost else [])


def is_folded(text: str) -> bool:
    """Whether HTML would keep this text as it is."""
    return "\n" not in text and _SPACES.sub(" ", text) == text == text.strip(" \t")


def html_of_text(text: str) -> str:
    """Plain text as HTML that `plain_of` gives back exactly."""
    if is_folded(text):
        return escape(text, quote=False)
    return f'<span class="{EXACT}">{escape(text, quote=False)}</span>'.replace("\n", "<br />")


def element_of_text(parent: Element, text: str, *, prefix: str = "") -> None:
    """The same in a tree: plain text into an element that is still empty."""
    if is_folded(text):
        parent.text = text
        return
    span = SubElement(parent, f"{prefix}span", {"class": EXACT})
    first, *others = text.split("\n")
    span.text = first
    for line in others:
        SubElement(span, f"{prefix}br").tail = line
