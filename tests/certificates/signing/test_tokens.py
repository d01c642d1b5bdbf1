import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from certificates.signing import tokens
from certificates.signing.errors import BadProof, SigningError, UnknownKey


def test_what_we_sign_verifies_and_reads_back_whole(issuer, unsigned):
    claims = tokens.verify_token(issuer.token(unsigned), keys=issuer.published)
    assert claims == {
        **unsigned,
        "iss": "did:web:academy.example",
        "sub": unsigned["credentialSubject"]["id"],
        "jti": unsigned["id"],
        "nbf": 1795435140,
    }


def test_the_proof_of_the_other_format_stays_out(issuer, signed):
    assert "proof" not in tokens.verify_token(issuer.token(signed), keys=issuer.published)


def test_a_term_becomes_exp(issuer, expiring):
    assert tokens.verify_token(issuer.token(expiring), keys=issuer.published)["exp"] == 1795521600


def test_the_header_names_the_algorithm_and_the_address_of_the_key_only(issuer, unsigned):
    assert jwt.get_unverified_header(issuer.token(unsigned)) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": "https://academy.example/keys/rs256-2026-1",
    }


def encode(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def claims_of(unsigned):
    return {**unsigned, **tokens.registered_claims(unsigned)}


def test_a_changed_claim_is_refused(issuer, unsigned):
    header, _, signature = issuer.token(unsigned).split(".")
    changed = encode({**claims_of(unsigned), "name": "Doctor of Everything"})
    with pytest.raises(BadProof):
        tokens.verify_token(f"{header}.{changed}.{signature}", keys=issuer.published)


def test_a_key_the_issuer_does_not_publish_is_foreign(issuer, attacker, unsigned):
    forged = tokens.sign_token(unsigned, key=attacker.rsa, kid="https://attacker.example/keys/1")
    with pytest.raises(UnknownKey):
        tokens.verify_token(forged, keys=issuer.published)


def test_another_key_under_the_published_name_does_not_fit(issuer, attacker, unsigned):
    with pytest.raises(BadProof):
        tokens.verify_token(attacker.token(unsigned), keys=issuer.published)


def test_a_key_brought_along_in_the_header_is_never_used(issuer, attacker, unsigned):
    brought = dict(attacker.jwk)
    for headers in (
        {"jwk": brought},
        {"jwk": brought, "kid": issuer.kid},
        {"jku": "https://x.example", "kid": issuer.kid},
    ):
        forged = jwt.encode(claims_of(unsigned), pem(attacker.rsa), algorithm="RS256", headers=headers)
        with pytest.raises(SigningError):
            tokens.verify_token(forged, keys=issuer.published)


def test_a_good_signature_with_a_key_in_the_header_is_refused_too(issuer, unsigned):
    odd = jwt.encode(
        claims_of(unsigned),
        pem(issuer.rsa),
        algorithm="RS256",
        headers={"jwk": dict(issuer.jwk), "kid": issuer.kid},
    )
    with pytest.raises(BadProof):
        tokens.verify_token(odd, keys=issuer.published)


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS512", "", None])
def test_any_other_algorithm_is_refused(issuer, unsigned, alg):
    header = encode({"alg": alg, "typ": "JWT", "kid": issuer.kid})
    for signature in ("", issuer.token(unsigned).split(".")[2]):
        with pytest.raises(BadProof):
            tokens.verify_token(
                f"{header}.{encode(claims_of(unsigned))}.{signature}",
                keys=issuer.published,
            )


def test_the_public_key_does_not_serve_as_a_shared_secret(issuer, unsigned):
    public = issuer.rsa.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = f"{encode({'alg': 'HS256', 'typ': 'JWT', 'kid': issuer.kid})}.{encode(claims_of(unsigned))}"
    mac = base64.urlsafe_b64encode(hmac.new(public, head.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    with pytest.raises(BadProof):
        tokens.verify_token(f"{head}.{mac}", keys=issuer.published)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:other.example"},
        {"sub": "urn:uuid:00000000-0000-0000-0000-000000000000"},
        {"jti": "https://academy.example/credentials/other"},
        {"nbf": 0},
        {"exp": 4102444800},
        {"iss": None},
        {"issuer": {"id": "did:web:other.example"}, "iss": "did:web:other.example"},
        {"credentialSubject": []},
        {"validFrom": "yesterday"},
    ],
)
def test_a_validly_signed_token_that_contradicts_itself_is_refused(issuer, unsigned, change):
    with pytest.raises(BadProof):
        tokens.verify_token(raw_token(issuer, {**claims_of(unsigned), **change}), keys=issuer.published)


def raw_token(issuer, claims):
    return jwt.api_jws.encode(
        json.dumps(claims).encode(),
        pem(issuer.rsa),
        algorithm="RS256",
        headers={"kid": issuer.kid},
    )


def test_a_token_without_a_registered_claim_is_refused(issuer, unsigned):
    for missing in ("iss", "sub", "jti", "nbf"):
        claims = claims_of(unsigned)
        del claims[missing]
        with pytest.raises(BadProof):
            tokens.verify_token(raw_token(issuer, claims), keys=issuer.published)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a.b.c",
        "é.é.é",
        "e30.e30.e30",
        "x" * 200_000,
        "[].[].[]",
        "bnVsbA.e30.e30",
    ],
)
def test_what_is_no_token_is_refused(issuer, text):
    with pytest.raises(BadProof):
        tokens.verify_token(text, keys=issuer.published)
