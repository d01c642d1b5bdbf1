"""From bytes to credentials. The kind of a file is told by its content, never by its name or what the browser says."""

from collections.abc import Callable, Iterable

from certificates.extraction import pdf, png, svg
from certificates.extraction.found import (
    MAX_CREDENTIALS,
    MAX_FILE,
    Found,
    Kind,
    NothingFound,
    Reason,
    decoded,
    is_credential,
    is_token,
    may_be_credential,
)
from certificates.signing.check import MAX_CREDENTIAL, read_object

READERS: dict[Kind, Callable[[bytes], Iterable[str]]] = {
    Kind.PDF: pdf.read,
    Kind.PNG: png.read,
    Kind.SVG: svg.read,
}
# Some programs put a few bytes in front; readers of PDF look this far.
PDF_BEGINS_WITHIN = 1024


def extract(content: bytes) -> Found:
    """The credentials in a file. Raises `NothingFound` with the reason, whatever the bytes are."""
    if len(content) > MAX_FILE:
        raise NothingFound(Reason.TOO_LARGE)
    kind = kind_of(content)
    if kind is None:
        raise NothingFound(Reason.OTHER_KIND if content.strip() else Reason.EMPTY)
    try:
        texts = _texts(kind, content)
    except NothingFound as nothing:
        raise NothingFound(nothing.reason, kind) from nothing
    if len(texts) > MAX_CREDENTIALS:
        raise NothingFound(Reason.TOO_MANY, kind)
    if not texts:
        raise NothingFound(Reason.NOTHING_INSIDE, kind)
    return Found(kind, texts)


def kind_of(content: bytes) -> Kind | None:
    if content.startswith(png.SIGNATURE):
        return Kind.PNG
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"<"):
        return Kind.SVG
    if begin.startswith(b"{"):
        return Kind.JSON
    if b"%PDF-" in content[:PDF_BEGINS_WITHIN]:
        return Kind.PDF
    text = decoded(content[: MAX_CREDENTIAL + 1])
    return Kind.TOKEN if text and is_token(text) else None


def _texts(kind: Kind, content: bytes) -> tuple[str, ...]:
    if kind in READERS:
        found = (text.strip() for text in READERS[kind](content))
        return tuple(dict.fromkeys(text for text in found if may_be_credential(text)))
    return (_plain(content),)


def _plain(content: bytes) -> str:
    """A file that is the credential itself."""
    if len(content) > MAX_CREDENTIAL:
        raise NothingFound(Reason.TOO_LARGE)
    text = decoded(content)
    if text is None:
        raise NothingFound(Reason.BROKEN)
    if is_token(text):
        return text
    document = read_object(text)
    if document is None:
        raise NothingFound(Reason.BROKEN)
    if not is_credential(document):
        raise NothingFound(Reason.NOTHING_INSIDE)
    return text
