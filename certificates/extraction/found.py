"""What a reader finds in a file, and why it may find nothing."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

from certificates.signing.check import MAX_CREDENTIAL, read_object

MAX_FILE = 5 * 1024 * 1024
# A certificate of ours holds two; more than this in one file is no certificate.
MAX_CREDENTIALS = 4

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_MARKS = ("proof", "credentialSubject", "credentialStatus")


class Kind(StrEnum):
    PDF = "PDF"
    PNG = "PNG picture"
    SVG = "SVG picture"
    JSON = "JSON document"
    TOKEN = "signed token (JWT)"  # noqa: S105 - the name of a kind of file


class Reason(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    BROKEN = "broken"
    LOCKED = "locked"
    NOTHING_INSIDE = "nothing_inside"
    TOO_MANY = "too_many"


class NothingFound(Exception):
    """No credential could be taken out. `kind` is what the file is by its content, if that could be told."""

    def __init__(self, reason: Reason, kind: Kind | None = None):
        super().__init__(reason)
        self.reason, self.kind = reason, kind


@dataclass(frozen=True)
class Found:
    """`texts` are JSON documents or compact tokens, one or more, none of them verified."""

    kind: Kind
    texts: tuple[str, ...]


def decoded(content: bytes) -> str | None:
    """The text, with a byte order mark and surrounding space left out; None for what is no UTF-8 or holds NUL."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def is_token(text: str) -> bool:
    return len(text) <= MAX_CREDENTIAL and _TOKEN.fullmatch(text) is not None


def may_be_credential(text: str) -> bool:
    """Whether the text claims to be a credential; a damaged JSON object still does."""
    if len(text) > MAX_CREDENTIAL:
        return False
    if not text.startswith("{"):
        return is_token(text)
    document = read_object(text)
    return document is None or is_credential(document)


def is_credential(document: dict) -> bool:
    kinds = document.get("type")
    return any(mark in document for mark in _MARKS) or "VerifiableCredential" in json.dumps(kinds)
