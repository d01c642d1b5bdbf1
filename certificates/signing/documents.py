"""The JSON documents we publish, built from plain values: credential, achievement, DID document, key set, status list.

Shapes follow Open Badges 3.0, W3C Verifiable Credentials 2.0, did:web and Bitstring Status List 1.0.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from certificates.signing.contexts import (
    CREDENTIALS_V2,
    OPEN_BADGES,
    OPEN_BADGES_EXTENSIONS,
)

OPEN_BADGES_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
DID_CONTEXTS = [
    # Must come first: some verifiers otherwise try to re-frame the document.
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


@dataclass(frozen=True)
class IssuerFacts:
    did: str
    name: str
    url: str


@dataclass(frozen=True)
class ResultFacts:
    """One measured line of an award, such as hours in a category. `key` is stable and fits a URL fragment."""

    key: str
    name: str
    value: str


@dataclass(frozen=True)
class AchievementFacts:
    url: str
    name: str
    description: str
    criteria: str
    version: str
    results: Sequence[tuple[str, str]] = ()  # (key, name) of the lines an award may measure
    language: str = "en"


@dataclass(frozen=True)
class CredentialFacts:
    url: str
    subject_id: str  # a random urn:uuid: for this credential alone; never an address or a stable id of the person
    holder_name: str
    awarded_at: datetime
    valid_from: datetime
    email_salt: str
    email: str
    status_list_url: str
    status_index: int
    role: str = ""
    valid_until: datetime | None = None
    results: Sequence[ResultFacts] = ()


@dataclass(frozen=True)
class PublicKeyFacts:
    """A key as the issuer publishes it: exactly one of `multibase` and `jwk` is set."""

    method_id: str
    multibase: str = ""
    jwk: Mapping[str, str] | None = None


def did_for(base_url: str) -> str:
    """The did:web of an origin: https://academy.example -> did:web:academy.example; a port is percent-encoded."""
    return "did:web:" + quote(urlsplit(base_url).netloc, safe="")


def timestamp(moment: datetime) -> str:
    """Whole seconds UTC with Z, as the token's `nbf` must equal it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def email_hash(email: str, salt: str) -> str:
    """Open Badges identity hash. Our rule: the address is stripped and lower-cased before hashing."""
    return "sha256$" + hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()


def achievement(facts: AchievementFacts) -> dict:
    document = {
        "id": facts.url,
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": facts.name,
        "description": facts.description,
        "inLanguage": facts.language,
        "version": facts.version,
        "criteria": {"narrative": facts.criteria},
    }
    if facts.results:
        document["resultDescription"] = [
            {
                "id": _result_id(facts, key),
                "type": ["ResultDescription"],
                "name": name,
                "resultType": "Result",
            }
            for key, name in facts.results
        ]
    return document


def credential(issuer: IssuerFacts, of: AchievementFacts, facts: CredentialFacts) -> dict:
    """The unsigned credential. Every term is defined by the three contexts; `proofs.add_proof` refuses others."""
    document = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS],
        "id": facts.url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": of.name,
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.url,
        },
        "validFrom": timestamp(facts.valid_from),
        "awardedDate": timestamp(facts.awarded_at),
        "credentialSubject": _subject(of, facts),
        "credentialStatus": _status_entry(facts.status_list_url, facts.status_index),
        "credentialSchema": [{"id": OPEN_BADGES_SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if facts.valid_until:
        document["validUntil"] = timestamp(facts.valid_until)
    return document


def did_document(did: str, keys: Sequence[PublicKeyFacts]) -> dict:
    return {
        "@context": DID_CONTEXTS,
        "id": did,
        "verificationMethod": [_verification_method(did, key) for key in keys],
        "assertionMethod": [key.method_id for key in keys],
    }


def key_set(jwks: Sequence[Mapping[str, str]]) -> dict:
    return {"keys": [dict(jwk) for jwk in jwks]}


def status_list(
    *,
    url: str,
    did: str,
    encoded_list: str,
    valid_from: datetime,
    valid_until: datetime,
    purpose: str = "revocation",
) -> dict:
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list,
        },
    }


def _result_id(of: AchievementFacts, key: str) -> str:
    return f"{of.url}#result-{quote(key, safe='')}"


def _subject(of: AchievementFacts, facts: CredentialFacts) -> dict:
    subject = {
        "id": facts.subject_id,
        "type": ["AchievementSubject"],
        "name": facts.holder_name,
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityType": "emailAddress",
                "salt": facts.email_salt,
                "identityHash": email_hash(facts.email, facts.email_salt),
            }
        ],
        "achievement": achievement(of),
    }
    if facts.role:
        subject["role"] = facts.role
    if facts.results:
        subject["result"] = [
            {
                "type": ["Result"],
                "resultDescription": _result_id(of, line.key),
                "value": line.value,
            }
            for line in facts.results
        ]
    return subject


def _status_entry(list_url: str, index: int) -> dict:
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def _verification_method(did: str, key: PublicKeyFacts) -> dict:
    if key.jwk is not None:
        return {
            "id": key.method_id,
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": dict(key.jwk),
        }
    return {
        "id": key.method_id,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.multibase,
    }
