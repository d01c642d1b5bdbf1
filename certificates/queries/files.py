"""What an uploaded file is worth: whose signature it carries, and whether our register knows it.

The answer follows from signatures by keys we publish, never from what a document says of itself. `jwk` headers and keys
of other hosts count for nothing.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from certificates.extraction.found import Found, decoded
from certificates.models import Credential, Issuer
from certificates.queries.credentials import credential_by_uuid
from certificates.queries.keys import published_keys, the_issuer
from certificates.signing.check import read_object, verified
from certificates.signing.errors import BadProof, SigningError
from certificates.signing.published import PublishedKeys
from certificates.signing.tokens import REGISTERED, read_header

LONGEST_SHOWN = 120


class Origin(StrEnum):
    OURS = "ours"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Claim:
    """One credential of a file: where it comes from, and what it says of itself.

    `document` holds claims that our own signature covers; it is None for any other origin.
    """

    origin: Origin
    issuer: str = ""
    names_us: bool = False
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class FileVerdict:
    """`credential` is set only for a file that carries our unbroken signature, so only then may facts be shown."""

    origin: Origin
    found: Found
    credential: Credential | None = None
    issuer: str = ""
    names_us: bool = False
    is_signed_by_us: bool = False


def judge_file(found: Found) -> FileVerdict:
    """The verdict on all credentials of a file together: when two disagree, the file is altered."""
    issuer = the_issuer()
    keys = published_keys(issuer) if issuer else PublishedKeys("")
    claims = [_claim(text, issuer, keys) for text in found.texts]
    origins = {claim.origin for claim in claims}
    if len(origins) > 1:
        return FileVerdict(_worse(origins), found)
    first, origin = claims[0], claims[0].origin
    if origin != Origin.OURS:
        return FileVerdict(origin, found, issuer=first.issuer, names_us=any(claim.names_us for claim in claims))
    if any(claim.document != first.document for claim in claims):
        return FileVerdict(Origin.ALTERED, found)
    return _looked_up(found, first.document)


def _worse(origins: set[Origin]) -> Origin:
    """For a file whose credentials have several origins."""
    return Origin.UNKNOWN if origins == {Origin.UNKNOWN, Origin.UNREADABLE} else Origin.ALTERED


def _looked_up(found: Found, document: Mapping) -> FileVerdict:
    """Our signature holds; the register says whether we conferred this, with these very claims."""
    credential = _registered(document.get("id"))
    if credential is None:
        return FileVerdict(Origin.UNKNOWN, found, names_us=True, is_signed_by_us=True)
    if _bare(json.loads(credential.signed_json)) != document:
        return FileVerdict(Origin.ALTERED, found)
    return FileVerdict(Origin.OURS, found, credential, is_signed_by_us=True)


def _registered(address: Any) -> Credential | None:
    try:
        credential = credential_by_uuid(UUID(str(address).rpartition("/")[2]))
    except ValueError:
        return None
    return credential if credential and credential.address == address else None


def _claim(text: str, issuer: Issuer | None, keys: PublishedKeys) -> Claim:
    said = _unverified(text)
    if said is None:
        return Claim(Origin.UNREADABLE)
    words = {"issuer": _issuer_shown(said), "names_us": issuer is not None and _names(issuer, said)}
    try:
        document = verified(text, keys=keys)
    except SigningError:
        document = None
    if document is None:
        return Claim(_origin_unproven(text, said, keys, names_us=words["names_us"]), **words)
    return Claim(Origin.OURS, **words, document=_bare(document))


def _origin_unproven(text: str, said: Mapping, keys: PublishedKeys, *, names_us: bool) -> Origin:
    """Altered, when it names a key of ours or names us and no key at all; a key of somebody else makes it unknown."""
    named = _named_key(text, said)
    if named is None:
        return Origin.ALTERED if names_us else Origin.UNKNOWN
    return Origin.ALTERED if named in keys.multikeys or named in keys.jwks else Origin.UNKNOWN


def _named_key(text: str, said: Mapping) -> str | None:
    if not text.startswith("{"):
        try:
            named = read_header(text).get("kid")
        except BadProof:
            return None
    else:
        proof = said.get("proof")
        if isinstance(proof, list):
            proof = proof[0] if proof else None
        named = proof.get("verificationMethod") if isinstance(proof, Mapping) else None
    return named if isinstance(named, str) else None


def _unverified(text: str) -> dict | None:
    """What the document says of itself, believed by nobody."""
    if text.startswith("{"):
        return read_object(text)
    try:
        payload = text.split(".")[1]
        content = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except (IndexError, binascii.Error, ValueError):
        return None
    claims = decoded(content)
    return read_object(claims) if claims else None


def _names(issuer: Issuer, said: Mapping) -> bool:
    address = said.get("id")
    return _issuer_id(said) == issuer.did or (
        isinstance(address, str) and address.startswith(issuer.address("/credentials/"))
    )


def _issuer_id(said: Mapping) -> Any:
    named = said.get("issuer", said.get("iss"))
    return named.get("id") if isinstance(named, Mapping) else named


def _issuer_shown(said: Mapping) -> str:
    """The issuer it claims, as plain short text for a page: its name and its id."""
    named = said.get("issuer")
    name = named.get("name") if isinstance(named, Mapping) else None
    parts = [_shown(part) for part in (name, _issuer_id(said))]
    return ", ".join(part for part in parts if part)


def _shown(value: Any) -> str:
    """At most one short line without control or direction signs, which could make it read as something else."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    text = "".join(sign for sign in text if sign.isprintable())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _bare(document: Mapping) -> dict:
    """The claims alone, without what differs between the two formats."""
    return {name: value for name, value in document.items() if name != "proof" and name not in REGISTERED}
