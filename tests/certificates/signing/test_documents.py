import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest

from certificates.signing import documents

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def schema():
    schema = json.loads((DATA / "ob_v3p0_achievementcredential_schema.json").read_text())
    return jsonschema.Draft201909Validator(schema)


def test_the_credential_fits_the_open_badges_schema(schema, signed):
    assert [error.message for error in schema.iter_errors(signed)] == []


def test_a_credential_with_a_term_fits_the_schema_too(schema, issuer, expiring):
    assert [error.message for error in schema.iter_errors(issuer.sign(expiring))] == []


def test_the_schema_notices_a_missing_achievement(schema, signed):
    del signed["credentialSubject"]["achievement"]
    assert [error.message for error in schema.iter_errors(signed)] != []


def test_the_credential_says_exactly_this(unsigned):
    assert {name: value for name, value in unsigned.items() if name not in ("@context", "credentialSubject")} == {
        "id": "https://academy.example/credentials/4fae718a-cb28-4e0b-8b24-25c9d4aef894",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "KAP Practitioner Certificate – “Ethics”",
        "issuer": {
            "id": "did:web:academy.example",
            "type": ["Profile"],
            "name": "Example Academy",
            "url": "https://academy.example",
        },
        "validFrom": "2026-11-23T11:59:00Z",
        "awardedDate": "2026-11-22T12:00:00Z",
        "credentialStatus": {
            "id": "https://academy.example/status/revocation/1#17",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "17",
            "statusListCredential": "https://academy.example/status/revocation/1",
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
    }


def test_the_address_of_the_holder_appears_only_as_a_hash(unsigned):
    assert "zoe@example.org" not in json.dumps(unsigned)
    assert unsigned["credentialSubject"]["identifier"][0]["identityHash"] == documents.email_hash(
        "  ZOE@example.org ", "mN3kqP"
    )
    assert documents.email_hash("a@b.c", "s") == "sha256$" + hashlib.sha256(b"a@b.cs").hexdigest()


@pytest.mark.parametrize(
    ("base", "did"),
    [
        ("https://academy.example", "did:web:academy.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_the_did_follows_from_the_origin(base, did):
    assert documents.did_for(base) == did


def test_times_are_whole_seconds_utc():
    denver = timezone(timedelta(hours=-7))
    assert documents.timestamp(datetime(2026, 11, 23, 5, 0, 0, 999999, tzinfo=denver)) == "2026-11-23T12:00:00Z"
    assert documents.timestamp(datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) == "2026-11-23T12:00:00Z"


def test_the_did_document_lists_both_keys_as_plain_method_ids(issuer):
    document = issuer.did_document
    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert document["assertionMethod"] == [
        issuer.method,
        "did:web:academy.example#rs256-2026-1",
    ]
    assert [method["type"] for method in document["verificationMethod"]] == [
        "Multikey",
        "JsonWebKey",
    ]
    assert len(json.dumps(document)) < 8000
