"""The verdict, case by case as in the table of an independent verifier; and that table once more by other libraries."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.errors import SignatureInvalid
from openvc.status.bitstring import decode_bitstring, get_status_bit
from openvc.verify import VerificationPolicy, verify_credential

from certificates.signing import tokens
from certificates.signing.check import SENTENCES, Outcome, Verdict, check_credential
from certificates.signing.contexts import FILES, read_context
from tests.certificates.signing.conftest import LIST_URL, NOW

CONTEXTS = {url: read_context(url) for url in FILES}


def verdict(content, issuer, lists=None, now=NOW):
    lists = {LIST_URL: issuer.status_list()} if lists is None else lists
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return check_credential(text, keys=issuer.published, status_lists=lists, now=now).outcome


def both(issuer, document):
    return [json.dumps(issuer.sign(document)), issuer.token(document)]


def test_a_genuine_credential_is_valid_in_both_formats(issuer, unsigned):
    assert [verdict(content, issuer) for content in both(issuer, unsigned)] == [
        Outcome.VALID,
        Outcome.VALID,
    ]


def test_surrounding_space_and_bytes_do_not_matter(issuer, unsigned):
    assert [verdict(f"\n {content} \n".encode(), issuer) for content in both(issuer, unsigned)] == [Outcome.VALID] * 2


def test_a_changed_credential_is_altered(issuer, signed):
    signed["credentialSubject"]["name"] = "Somebody Else"
    assert verdict(signed, issuer) == Outcome.ALTERED


def test_an_injected_unsigned_term_is_altered(issuer, signed):
    signed["credentialSubject"]["hours"] = "4000"
    assert verdict(signed, issuer) == Outcome.ALTERED


def test_a_stripped_status_is_altered(issuer, signed):
    del signed["credentialStatus"]
    assert verdict(signed, issuer) == Outcome.ALTERED


def test_a_strangers_key_is_foreign_in_both_formats(issuer, attacker, unsigned):
    token = tokens.sign_token(unsigned, key=attacker.rsa, kid="https://attacker.example/keys/1")
    assert [verdict(content, issuer) for content in (attacker.sign(unsigned), token)] == [Outcome.FOREIGN] * 2


def test_a_revoked_one_is_revoked_in_both_formats(issuer, unsigned):
    lists = {LIST_URL: issuer.status_list([17])}
    assert [verdict(content, issuer, lists) for content in both(issuer, unsigned)] == [Outcome.REVOKED] * 2


def test_revoked_comes_before_expired(issuer, expiring):
    lists = {LIST_URL: issuer.status_list([17])}
    assert verdict(issuer.sign(expiring), issuer, lists, NOW + timedelta(days=2)) == Outcome.REVOKED


def test_the_neighbours_of_a_revoked_one_stay_valid(issuer, unsigned):
    assert verdict(issuer.sign(unsigned), issuer, {LIST_URL: issuer.status_list([16, 18])}) == Outcome.VALID


def test_an_edited_status_list_is_not_believed(issuer, attacker, unsigned):
    content = json.dumps(issuer.sign(unsigned))
    clean, revoking = issuer.status_list(), issuer.status_list([17])
    edited = {**revoking, "credentialSubject": clean["credentialSubject"]}
    for lists in (
        {},
        {LIST_URL: edited},
        {LIST_URL: attacker.status_list()},
        {LIST_URL: issuer.status_list(url=f"{LIST_URL}0")},
        {LIST_URL: issuer.status_list(purpose="suspension")},
        {LIST_URL: issuer.status_list(valid_from=NOW - timedelta(days=8))},
        {LIST_URL: issuer.status_list(valid_from=NOW + timedelta(seconds=1))},
        {LIST_URL: {}},
    ):
        assert verdict(content, issuer, lists) == Outcome.STATUS_UNKNOWN


def test_a_signed_credential_without_status_is_not_called_valid(issuer, unsigned):
    without = {name: value for name, value in unsigned.items() if name != "credentialStatus"}
    assert [verdict(content, issuer) for content in both(issuer, without)] == [Outcome.STATUS_UNKNOWN] * 2


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (datetime(2026, 11, 23, 11, 58, 59, tzinfo=UTC), Outcome.NOT_YET_VALID),
        (datetime(2026, 11, 23, 11, 59, 0, tzinfo=UTC), Outcome.VALID),
        (datetime(2026, 11, 24, 11, 59, 59, tzinfo=UTC), Outcome.VALID),
        (datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC), Outcome.EXPIRED),
    ],
)
def test_the_term_begins_and_ends_on_the_second(issuer, expiring, moment, outcome):
    assert [verdict(content, issuer, now=moment) for content in both(issuer, expiring)] == [outcome] * 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        "{}",
        "{",
        "[]",
        "null",
        "a.b",
        '{"proof": {}, "proof": {}}',
        b"\xff\xfe",
        "x" * 300_000,
        "[" * 5000,
    ],
)
def test_what_is_no_credential_is_unreadable(issuer, content):
    assert verdict(content, issuer) == Outcome.UNREADABLE


def test_deep_nesting_is_unreadable_and_harmless(issuer):
    assert verdict('{"proof":' * 20000 + "1" + "}" * 20000, issuer) == Outcome.UNREADABLE


def test_a_name_given_twice_makes_it_unreadable(issuer, signed):
    text = json.dumps(signed)
    assert verdict('{"name": "Doctor of Everything", ' + text[1:], issuer) == Outcome.UNREADABLE


def test_every_outcome_has_its_sentence():
    assert set(SENTENCES) == set(Outcome)
    assert Verdict(Outcome.REVOKED).sentence == "It is genuine, and the issuer has revoked it."
    assert [outcome for outcome in Outcome if Verdict(outcome).is_valid] == [Outcome.VALID]


# The same documents, judged by libraries that did not sign them ----------------------------------------------------


def resolver(issuer):
    return DidResolverRegistry([DidWebResolver(lambda url: issuer.did_document)])


def judged_by_openvc(document, issuer, status_list=None):
    """What openvc-core says of the document: it verifies the proof, the issuer, the status list and the term."""

    def resolve_status_list(url):
        assert url == LIST_URL
        found = status_list or issuer.status_list()
        DataIntegrityProofSuite().verify(found, resolver=resolver(issuer), now=NOW, extra_contexts=CONTEXTS)
        return found

    return verify_credential(
        document,
        policy=VerificationPolicy(now=NOW),
        resolver=resolver(issuer),
        resolve_status_list=resolve_status_list,
        extra_contexts=CONTEXTS,
    )


def test_openvc_accepts_what_we_sign(issuer, signed):
    result = judged_by_openvc(signed, issuer)
    assert (result.issuer, result.subject) == (
        "did:web:academy.example",
        signed["credentialSubject"]["id"],
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(name="Somebody Else"),
        lambda c: c["credentialSubject"].update(hours="4000"),
        lambda c: c.pop("credentialStatus"),
    ],
    ids=["tampered", "injected", "stripped"],
)
def test_openvc_refuses_what_we_refuse(issuer, signed, spoil):
    spoil(signed)
    with pytest.raises(OpenvcError):
        judged_by_openvc(signed, issuer)
    assert verdict(signed, issuer) == Outcome.ALTERED


def test_openvc_refuses_a_strangers_signature(issuer, attacker, unsigned):
    with pytest.raises(OpenvcError):
        judged_by_openvc(attacker.sign(unsigned), issuer)


def test_openvc_sees_the_revocation(issuer, signed):
    revoking = issuer.status_list([17])
    assert get_status_bit(decode_bitstring(revoking["credentialSubject"]["encodedList"]), 17) == 1
    with pytest.raises(OpenvcError, match="is revoked"):
        judged_by_openvc(signed, issuer, revoking)


def test_openvc_refuses_an_edited_status_list(issuer, signed):
    edited = {
        **issuer.status_list([17]),
        "credentialSubject": issuer.status_list()["credentialSubject"],
    }
    with pytest.raises(SignatureInvalid):
        judged_by_openvc(signed, issuer, edited)


def judged_by_pyjwt(token, issuer):
    key = jwt.PyJWK(dict(issuer.jwk)).key
    return jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        issuer=issuer.did,
        options={"verify_nbf": False},
    )


def test_pyjwt_accepts_what_we_sign(issuer, unsigned):
    assert judged_by_pyjwt(issuer.token(unsigned), issuer)["credentialSubject"] == unsigned["credentialSubject"]


def test_pyjwt_refuses_a_strangers_token(issuer, attacker, unsigned):
    with pytest.raises(jwt.InvalidSignatureError):
        judged_by_pyjwt(attacker.token(unsigned), issuer)
