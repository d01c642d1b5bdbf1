"""The one place where HTML from people is cleaned. Everything else is escaped by the templates.

bleach is fixed by the project; its maintainers stopped in June 2026, so the strict Content-Security-Policy stands
behind it and nh3 fits `clean_html` in one line should bleach ever fail.
"""

import hashlib
import re
from html import escape, unescape
from threading import Lock

import bleach
from cachetools import LRUCache
from django.utils.safestring import SafeString, mark_safe

ALLOWED_TAGS = frozenset(
    [
        *("a", "b", "blockquote", "br", "cite", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "strong"),
        *("sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    ]
)
ALLOWED_PROTOCOLS = frozenset({"https", "http", "mailto"})
# No space, control character or backslash anywhere: browsers drop or turn them, so that "/\host" leads to another host.
_LINK = re.compile(r"(https?://|mailto:|/(?!/)|#)[^\s\x00-\x20\x7f\\]*", re.IGNORECASE)
MOST_PASSES = 6
# Fingerprints of HTML that the cleaner left as it was. Publishing cleans each text when it is frozen and when it is shown.
_known_clean: LRUCache[bytes, None] = LRUCache(10_000)
_known_lock = Lock()
_ANCHOR_ID = re.compile(r"[a-zA-Z][\w-]{0,80}", re.ASCII)
_NOT_WORDS = re.compile(r"<(script|style|template|noscript|title)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)


def _is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and bool(_LINK.fullmatch(value))
    if name == "id":
        return bool(_ANCHOR_ID.fullmatch(value))
    if name in ("colspan", "rowspan"):
        return tag in ("td", "th") and value.isascii() and value.isdigit() and len(value) <= 2
    return False


def clean_html(html: str) -> SafeString:
    """HTML with only the allowed tags and attributes; scripts, styles, events and odd links are gone with their contents.

    Cleaned until a further pass changes nothing: misnested tables move at every reading, and so could an attack.
    """
    if _is_known(html):
        return mark_safe(html)  # noqa: S308 - cleaned before, and a further pass changed nothing
    for _ in range(MOST_PASSES):
        cleaned = _clean_once(html)
        if cleaned == html:
            _know(html)
            break
        html = cleaned
    else:
        cleaned = escape(plain_text(html))  # HTML so broken that each reading repairs it differently
    return mark_safe(cleaned)  # noqa: S308 - this is the cleaner; nothing else marks people's text as safe


def _is_known(html: str) -> bool:
    with _known_lock:
        return _fingerprint(html) in _known_clean


def _know(html: str) -> None:
    with _known_lock:
        _known_clean[_fingerprint(html)] = None


def _fingerprint(html: str) -> bytes:
    return hashlib.sha256(html.encode("utf-8", "surrogatepass")).digest()


def _clean_once(html: str) -> str:
    return bleach.clean(
        _NOT_WORDS.sub("", html.replace("\x00", "")),
        tags=ALLOWED_TAGS,
        attributes=_is_allowed_attribute,
        protocols=ALLOWED_PROTOCOLS,
        strip=True,
        strip_comments=True,
    )


def plain_text(html: str) -> str:
    """The words of some HTML, one space between them: for search, snippets and mails. The result is text, not HTML."""
    if "<" not in html and "&" not in html and (plain := " ".join(html.split())).isprintable():
        return plain
    spaced = re.sub(r"</(p|li|h\d|td|th|blockquote)>|<[bh]r\s*/?>", " ", _NOT_WORDS.sub("", html.replace("\x00", "")))
    without_tags = bleach.clean(spaced, tags=set(), strip=True, strip_comments=True)
    return " ".join(unescape(without_tags).split())
