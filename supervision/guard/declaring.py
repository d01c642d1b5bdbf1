"""Declaring that words are not about a client: what a writer may say of a name, a place or an age."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from supervision.guard.engine import Finding, identifiers_in
from supervision.guard.folding import fold, lower


@dataclass(frozen=True)
class Declaration:
    """One piece of a text, known by the SHA-256 of its words, and why it is not about a client."""

    field: str
    kind: str
    sha256: str
    reason: str = ""


def sha256_of_words(words: str) -> str:
    """Alike for the same words in other case, spacing or letters that look the same."""
    return hashlib.sha256(" ".join(lower(fold(words)[0]).split()).encode()).hexdigest()


def undeclared(text: str, declared: Iterable[Declaration] = (), *, field: str) -> list[Finding]:
    """What in `text` is a hard stop, or could be declared and is not."""
    accepted = {declaration.sha256 for declaration in declared if declaration.field == field}
    return [
        finding
        for finding in identifiers_in(text)
        if not finding.may_be_declared or sha256_of_words(finding.words) not in accepted
    ]
