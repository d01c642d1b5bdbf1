"""The verdict on a credential, as a careful stranger would reach it: from its bytes, published keys and status list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from certificates.signing.errors import BadStatusList, SigningError, UnknownKey
from certificates.signing.proofs import verify_proof
from certificates.signing.published import PublishedKeys
from certificates.signing.status import is_set
from certificates.signing.tokens import verify_token

MAX_CREDENTIAL = 200_000


class Outcome(StrEnum):
    VALID = "valid"
    ALTERED = "altered"
    FOREIGN = "foreign"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STATUS_UNKNOWN = "status_unknown"
    UNREADABLE = "unreadable"


SENTENCES = {
    Outcome.VALID: "The signature fits the content, the issuer's published key made it, and it is not revoked.",
    Outcome.ALTERED: "The content was changed after it was signed, or parts of it were never signed.",
    Outcome.FOREIGN: "It was not signed with a key that the issuer publishes.",
    Outcome.REVOKED: "It is genuine, and the issuer has revoked it.",
    Outcome.EXPIRED: "It is genuine, and its term has ended.",
    Outcome.NOT_YET_VALID: "It is genuine, and its term has not begun.",
    Outcome.STATUS_UNKNOWN: "Its signature is good, but its status could not be verified, so do not rely on it.",
    Outcome.UNREADABLE: "This is not a credential that can be read.",
}


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome

    @property
    def sentence(self) -> str:
        return SENTENCES[self.outcome]

    @property
    def is_valid(self) -> bool:
        return self.outcome == Outcome.VALID


def check_credential(
    content: str | bytes,
    *,
    keys: PublishedKeys,
    status_lists: Mapping[str, Mapping],
    now: datetime,
) -> Verdict:
    """Judge a JSON credential with an embedded proof, or a compact token.

    `status_lists` maps addresses to signed status list documents. A credential that names no status, or a list that is
    missing, altered or past its term, is never called valid.
    """
    text = _text(content)
    if text is None:
        return Verdict(Outcome.UNREADABLE)
    try:
        document = verified(text, keys=keys)
    except UnknownKey:
        return Verdict(Outcome.FOREIGN)
    except SigningError:
        return Verdict(Outcome.ALTERED)
    if document is None:
        return Verdict(Outcome.UNREADABLE)
    return Verdict(_live_outcome(document, keys, status_lists, now))


def _text(content: str | bytes) -> str | None:
    if len(content) > MAX_CREDENTIAL:
        return None
    if isinstance(content, str):
        return content.strip()
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None


def verified(text: str, *, keys: PublishedKeys) -> dict | None:
    """The credential after its proof or token was verified; None for what is neither. Raises `SigningError`."""
    if text.startswith("{"):
        document = read_object(text)
        if document is None or "proof" not in document:
            return None
        verify_proof(document, keys=keys)
        return document
    if text.count(".") == 2:
        return verify_token(text, keys=keys)
    return None


def read_object(text: str) -> dict | None:
    """The JSON object, None for anything else. A name that stands twice makes it unreadable."""
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict:
    """Two readers may pick different ones of two equal names, so a document with such names is not readable."""
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("A name stands twice in one object.")
    return names


def _live_outcome(
    document: Mapping,
    keys: PublishedKeys,
    status_lists: Mapping[str, Mapping],
    now: datetime,
) -> Outcome:
    try:
        if _is_revoked(document, keys, status_lists, now):
            return Outcome.REVOKED
    except SigningError:
        return Outcome.STATUS_UNKNOWN
    return _term_outcome(document, now)


def _is_revoked(
    document: Mapping,
    keys: PublishedKeys,
    status_lists: Mapping[str, Mapping],
    now: datetime,
) -> bool:
    entry = document.get("credentialStatus")
    if not isinstance(entry, Mapping) or entry.get("type") != "BitstringStatusListEntry":
        raise BadStatusList("The credential names no status list.")
    url, index = entry.get("statusListCredential"), entry.get("statusListIndex")
    status_list = status_lists.get(url)
    if status_list is None or not isinstance(index, str) or not index.isascii() or not index.isdigit():
        raise BadStatusList("The status list is not at hand.")
    return is_set(_verified_list(status_list, url, entry, keys, now), int(index))


def _verified_list(status_list: Mapping, url: str, entry: Mapping, keys: PublishedKeys, now: datetime) -> str:
    """The encoded list, after its own signature, address, purpose and term were checked. Raises `SigningError`."""
    verify_proof(status_list, keys=keys)
    subject = status_list.get("credentialSubject")
    if not isinstance(subject, Mapping) or status_list.get("id") != url:
        raise BadStatusList("The status list is another one.")
    if subject.get("statusPurpose") != "revocation" or entry.get("statusPurpose") != "revocation":
        raise BadStatusList("The status list serves another purpose.")
    if _term_outcome(status_list, now) != Outcome.VALID:
        raise BadStatusList("The status list is out of date.")
    return subject.get("encodedList")


def _term_outcome(document: Mapping, now: datetime) -> Outcome:
    """Both moments are signed, so they are ours; the end is exclusive."""
    if now < datetime.fromisoformat(document["validFrom"]):
        return Outcome.NOT_YET_VALID
    if "validUntil" in document and now >= datetime.fromisoformat(document["validUntil"]):
        return Outcome.EXPIRED
    return Outcome.VALID
