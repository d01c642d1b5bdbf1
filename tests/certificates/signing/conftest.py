"""One issuer with both keys, an attacker with his own, and a signed credential with its status list. No database."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from certificates.signing import documents, keys, proofs, published, status, tokens

BASE = "https://academy.example"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIST_URL = f"{BASE}/status/revocation/1"


@dataclass(frozen=True)
class Signer:
    base: str
    ed25519: Ed25519PrivateKey
    rsa: RSAPrivateKey

    @property
    def did(self):
        return documents.did_for(self.base)

    @property
    def method(self):
        return f"{self.did}#{keys.encode_multikey(self.ed25519.public_key())}"

    @property
    def kid(self):
        return f"{self.base}/keys/rs256-2026-1"

    @property
    def did_document(self):
        multibase = keys.encode_multikey(self.ed25519.public_key())
        return documents.did_document(
            self.did,
            [
                documents.PublicKeyFacts(self.method, multibase=multibase),
                documents.PublicKeyFacts(f"{self.did}#rs256-2026-1", jwk=self.jwk),
            ],
        )

    @property
    def jwk(self):
        return keys.public_jwk(self.rsa.public_key(), kid=self.kid)

    @property
    def published(self):
        return published.read_published_keys(self.did_document, documents.key_set([self.jwk]))

    def sign(self, document, created=NOW):
        return proofs.add_proof(document, key=self.ed25519, method=self.method, created=created)

    def token(self, document):
        return tokens.sign_token(document, key=self.rsa, kid=self.kid)

    def status_list(
        self,
        revoked=(),
        *,
        valid_from=NOW - timedelta(hours=1),
        url=LIST_URL,
        purpose="revocation",
    ):
        return self.sign(
            documents.status_list(
                url=url,
                did=self.did,
                encoded_list=status.encode_bits(revoked),
                valid_from=valid_from,
                valid_until=valid_from + timedelta(days=7),
                purpose=purpose,
            )
        )


@pytest.fixture(scope="session")
def issuer():
    return Signer(BASE, keys.generate_ed25519(), keys.generate_rsa())


@pytest.fixture(scope="session")
def attacker():
    """Another key pair that claims the same host."""
    return Signer(BASE, keys.generate_ed25519(), keys.generate_rsa())


@pytest.fixture(scope="session")
def facts():
    return documents.CredentialFacts(
        url=f"{BASE}/credentials/4fae718a-cb28-4e0b-8b24-25c9d4aef894",
        subject_id="urn:uuid:2c0c2f0e-7bb0-4f57-9d6c-3a0a7c8b8a11",
        holder_name="Zoë Ångström-Núñez",
        awarded_at=NOW - timedelta(days=1),
        valid_from=NOW - timedelta(minutes=1),
        email_salt="mN3kqP",
        email="zoe@example.org",
        status_list_url=LIST_URL,
        status_index=17,
        role="Therapist",
        results=[documents.ResultFacts("dosing", "Dosing-session hours", "28 h 30 min")],
    )


@pytest.fixture(scope="session")
def achievement():
    return documents.AchievementFacts(
        url=f"{BASE}/achievements/7f3c1d3e-2f43-4b0e-8a3f-1de3e7b5c001",
        name="KAP Practitioner Certificate – “Ethics”",
        description="Completion of the practitioner program.",
        criteria="Every requirement of standard version 3.",
        version="3",
        results=[("dosing", "Dosing-session hours")],
    )


@pytest.fixture(scope="session")
def unsigned(issuer, achievement, facts):
    return documents.credential(documents.IssuerFacts(issuer.did, "Example Academy", BASE), achievement, facts)


@pytest.fixture(scope="session")
def expiring(issuer, achievement, facts):
    dated = replace(facts, valid_until=NOW + timedelta(days=1))
    return documents.credential(documents.IssuerFacts(issuer.did, "Example Academy", BASE), achievement, dated)


@pytest.fixture
def signed(issuer, unsigned):
    """A fresh copy each time: tests tamper with it."""
    return json.loads(json.dumps(issuer.sign(unsigned)))
