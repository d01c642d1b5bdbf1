"""VC-JWT with RS256, as Open Badges 3.0 section 8.2 wants it: the credential's claims plus iss, sub, jti, nbf, exp."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from certificates.signing.errors import BadProof
from certificates.signing.published import PublishedKeys

ALGORITHM = "RS256"
MAX_TOKEN = 100_000
# The claims a token has besides those of the credential inside it.
REGISTERED = ("iss", "sub", "jti", "nbf", "exp")
# `jwk`, `jku`, `x5c` and the like would let a stranger bring his own key; `crit` would name rules we do not know.
HEADER = {"alg", "kid", "typ"}


def sign_token(document: Mapping, *, key: RSAPrivateKey, kid: str) -> str:
    """The compact token over the credential without its proof. `kid` is the https address of the public JWK."""
    claims = {name: value for name, value in document.items() if name != "proof"}
    payload = json.dumps(
        {**claims, **registered_claims(claims)},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": kid}
    return jws.serialize_compact(header, payload.encode(), RSAKey(key, key), algorithms=[ALGORITHM])


def verify_token(token: str, *, keys: PublishedKeys) -> dict[str, Any]:
    """The claims. Raises a `SigningError` unless a published key signed them and they agree with themselves."""
    header = read_header(token)
    jwk = keys.jwk(_checked_kid(header))
    try:
        payload = jws.deserialize_compact(token, RSAKey.import_key(dict(jwk)), algorithms=[ALGORITHM]).payload
        claims = json.loads(payload)
    except (JoseError, ValueError):
        raise BadProof("The signature does not fit the content.") from None
    if not isinstance(claims, dict):
        raise BadProof("The token holds no credential.")
    refuse_contradictions(claims, issuer=keys.issuer)
    return claims


def registered_claims(document: Mapping) -> dict[str, Any]:
    """iss, sub, jti, nbf and exp as they follow from the credential."""
    registered = {
        "iss": document["issuer"]["id"],
        "sub": document["credentialSubject"]["id"],
        "jti": document["id"],
        "nbf": _epoch(document["validFrom"]),
    }
    if "validUntil" in document:
        registered["exp"] = _epoch(document["validUntil"])
    return registered


def refuse_contradictions(claims: Mapping, *, issuer: str) -> None:
    """Open Badges 3.0 demands that the registered claims repeat the credential; many verifiers forget to look."""
    try:
        expected = registered_claims(claims)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadProof("The token holds no complete credential.") from None
    found = {name: claims.get(name) for name in REGISTERED if name in claims}
    if found != expected or expected["iss"] != issuer:
        raise BadProof("The token contradicts the credential inside it.")


def read_header(token: str) -> dict[str, Any]:
    """The header, unverified. Raises `BadProof` for what is no compact token of bounded size."""
    if len(token) > MAX_TOKEN or token.count(".") != 2:
        raise BadProof("This is not a signed token.")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise BadProof("This is not a signed token.") from None
    if not isinstance(header, dict):
        raise BadProof("This is not a signed token.")
    return header


def _checked_kid(header: Mapping) -> str:
    if header.get("alg") != ALGORITHM or not set(header) <= HEADER or not isinstance(header.get("kid"), str):
        raise BadProof("The token is signed in a way that is not accepted here.")
    return header["kid"]


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
