import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.signing import documents, proofs
from certificates.signing.contexts import CREDENTIALS_V2, OPEN_BADGES
from certificates.signing.errors import (
    BadProof,
    SigningError,
    UnknownContext,
    UnknownKey,
    UnsignedTerms,
)
from certificates.signing.published import read_published_keys

DATA = Path(__file__).parent.parent / "data"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIELDS = ["@context", "id", "type", "issuer", "proof", "credentialSubject", "credentialStatus", "validFrom", "evidence"]


def test_what_we_sign_verifies(issuer, signed):
    assert proofs.verify_proof(signed, keys=issuer.published) is None


def test_key_order_and_spaces_do_not_matter(issuer, signed):
    reordered = json.loads(json.dumps(dict(reversed(signed.items())), indent=4))
    assert proofs.verify_proof(reordered, keys=issuer.published) is None


def test_the_same_content_at_the_same_time_gives_the_same_proof(issuer, unsigned):
    assert issuer.sign(unsigned) == issuer.sign(unsigned)


def test_the_vector_of_the_1edtech_validator_verifies():
    """`ob30/simple.json` of 1EdTech's public validator, with the issuer's own document."""
    vector = json.loads((DATA / "1edtech-simple.json").read_text())
    published = read_published_keys(json.loads((DATA / "1edtech-simple-issuer.json").read_text()))
    assert proofs.verify_proof(vector, keys=published) is None
    vector["name"] = "Teamwork badge"
    with pytest.raises(BadProof):
        proofs.verify_proof(vector, keys=published)


def everything_changed_once(document, path=()):
    """The path of each text and number in the document, contexts and proof left out."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name not in ("@context", "proof"):
                yield from everything_changed_once(value, (*path, name))
    elif isinstance(document, list):
        for position, value in enumerate(document):
            yield from everything_changed_once(value, (*path, position))
    else:
        yield path


def change(document, path):
    target = document
    for step in path[:-1]:
        target = target[step]
    value = target[path[-1]]
    target[path[-1]] = (not value) if isinstance(value, bool) else f"{value}x"


def test_changing_any_one_value_breaks_the_proof(issuer, signed):
    text = json.dumps(signed)
    paths = list(everything_changed_once(signed))
    assert len(paths) > 30
    for path in paths:
        tampered = json.loads(text)
        change(tampered, path)
        with pytest.raises(SigningError):
            proofs.verify_proof(tampered, keys=issuer.published)


def test_removing_any_part_breaks_the_proof(issuer, signed):
    for name in set(signed) - {"proof"}:
        stripped = {key: value for key, value in signed.items() if key != name}
        with pytest.raises(SigningError):
            proofs.verify_proof(stripped, keys=issuer.published)


INJECTIONS = {
    "an undefined term": lambda c: c.update(grade="A"),
    "an undefined term that repeats a signed value": lambda c: c.update(grade=c["name"]),
    "an undefined term in the subject": lambda c: c["credentialSubject"].update(hours="4000"),
    "an empty undefined term": lambda c: c.update(grade={}),
    "a null": lambda c: c.update(description=None),
    "a keyword": lambda c: c.update({"@included": [{"id": "urn:x:1", "name": "more"}]}),
    "an inline context": lambda c: c["@context"].append({"grade": "https://x.example/grade"}),
    "an unknown context": lambda c: c["@context"].append("https://x.example/context"),
    "a nested context": lambda c: c["credentialSubject"].update({"@context": {"name": None}}),
    "a vocabulary": lambda c: c["@context"].append({"@vocab": "https://x.example/"}),
    "an undefined type": lambda c: c["type"].append("DoctorOfMedicine"),
    "a decimal number": lambda c: c["credentialSubject"].update(creditsEarned=1.5),
    "a defined term": lambda c: c.update(description="And more."),
}


@pytest.mark.parametrize("inject", INJECTIONS.values(), ids=INJECTIONS.keys())
def test_an_injected_part_is_never_accepted(issuer, signed, inject):
    inject(signed)
    with pytest.raises(SigningError):
        proofs.verify_proof(signed, keys=issuer.published)


def test_without_the_guard_an_undefined_term_would_be_accepted(issuer, signed, monkeypatch):
    """The control: the signature alone says nothing about a term no context defines."""
    signed["grade"] = "A"
    monkeypatch.setattr(proofs, "refuse_unsigned_terms", lambda document: None)
    assert proofs.verify_proof(signed, keys=issuer.published) is None


UNSIGNABLE = {
    "an undefined term": lambda c: c.update(grade="A"),
    "a language map": lambda c: c.update(name={"en": "A", "fr": "B"}),
    "a relative id": lambda c: c.update(id="credentials/1"),
    "an id that is no address": lambda c: c.update(id="certificate number one"),
    "a relative id inside": lambda c: c["credentialSubject"]["achievement"].update(id="achievements/1"),
    "a null": lambda c: c.update(description=None),
    "a schema type without its context": lambda c: c.update({"@context": [CREDENTIALS_V2, OPEN_BADGES]}),
    "no context": lambda c: c.pop("@context"),
    "great depth": lambda c: c.update(evidence=nested(40)),
}


def nested(depth):
    value = {"name": "x"}
    for _ in range(depth):
        value = {"evidence": value}
    return value


@pytest.mark.parametrize("spoil", UNSIGNABLE.values(), ids=UNSIGNABLE.keys())
def test_the_guard_refuses_to_sign_what_would_stay_unsigned(issuer, unsigned, spoil):
    document = json.loads(json.dumps(unsigned))
    spoil(document)
    with pytest.raises((UnsignedTerms, UnknownContext)):
        issuer.sign(document)


def test_the_guard_names_the_part(issuer, unsigned):
    with pytest.raises(UnsignedTerms, match=r"No signature would cover: /credentialSubject/hours\."):
        issuer.sign(
            {
                **unsigned,
                "credentialSubject": {**unsigned["credentialSubject"], "hours": "4000"},
            }
        )


def test_a_key_the_issuer_does_not_publish_is_foreign(issuer, attacker, unsigned):
    with pytest.raises(UnknownKey):
        proofs.verify_proof(attacker.sign(unsigned), keys=issuer.published)


def test_another_key_under_the_published_name_does_not_fit(issuer, attacker, unsigned):
    forged = proofs.add_proof(unsigned, key=attacker.ed25519, method=issuer.method, created=NOW)
    with pytest.raises(BadProof):
        proofs.verify_proof(forged, keys=issuer.published)


def test_a_key_removed_from_the_did_document_no_longer_verifies(issuer, signed):
    document = issuer.did_document
    document["assertionMethod"] = []
    with pytest.raises(UnknownKey):
        proofs.verify_proof(signed, keys=read_published_keys(document))


def test_the_issuer_in_the_document_must_own_the_key(issuer, unsigned):
    other = {
        **unsigned,
        "issuer": {**unsigned["issuer"], "id": "did:web:other.example"},
    }
    with pytest.raises(BadProof, match="another issuer"):
        proofs.verify_proof(issuer.sign(other), keys=issuer.published)


@pytest.mark.parametrize(
    "change",
    [
        {"proofPurpose": "authentication"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"type": "Ed25519Signature2020"},
        {"created": "2020-01-01T00:00:00Z"},
        {"proofValue": "z"},
        {"proofValue": "z0"},
        {"proofValue": "z" + "2" * 90},
        {"proofValue": None},
        {"verificationMethod": ["x"]},
        {"grade": "A"},
    ],
)
def test_a_changed_proof_is_refused(issuer, signed, change):
    signed["proof"].update(change)
    with pytest.raises(SigningError):
        proofs.verify_proof(signed, keys=issuer.published)


@pytest.mark.parametrize("proof", [None, "x", [], [{}, {}], 7])
def test_no_proof_or_several_are_refused(issuer, signed, proof):
    signed["proof"] = proof
    with pytest.raises(BadProof):
        proofs.verify_proof(signed, keys=issuer.published)


def test_a_document_is_signed_once(issuer, signed):
    with pytest.raises(BadProof):
        issuer.sign(signed)


def test_odd_text_is_signed_and_verified(issuer, achievement, facts, unsigned):
    names = ["O’Brien", "محمد", '𝒵oë "quoted" \\ back', "line\nbreak", "<b>&amp;</b>"]
    for name in names:
        document = {
            **unsigned,
            "credentialSubject": {**unsigned["credentialSubject"], "name": name},
        }
        assert proofs.verify_proof(issuer.sign(document), keys=issuer.published) is None


def test_a_status_list_is_signed_the_same_way(issuer):
    assert proofs.verify_proof(issuer.status_list([17]), keys=issuer.published) is None


def test_the_credential_of_another_host_needs_that_hosts_keys(issuer, signed):
    other = documents.did_document("did:web:other.example", [])
    with pytest.raises(UnknownKey):
        proofs.verify_proof(signed, keys=read_published_keys(other))


# Hostile documents ----------------------------------------------------------------------------------------------------


def poisoned(document, count):
    """Two parts without a name that look alike, each with more of them: the canonical form would try every order."""
    inner = [{"type": ["Result"], "status": "Completed"} for _ in range(count)]
    document["credentialSubject"] = [{"type": ["AchievementSubject"], "result": inner} for _ in range(2)]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda c: poisoned(c, 12), "cannot be told apart"),
        (lambda c: c["credentialSubject"].update(result=[{"id": "_:a"}, {"id": "_:b"}]), "cannot be told apart"),
        (lambda c: c.update(evidence=[{"name": str(number)} for number in range(1100)]), "too large"),
        (lambda c: c.update(type=["VerifiableCredential"] * 1100), "too large"),
    ],
    ids=["alike", "labels", "too many", "many types"],
)
def test_a_document_made_to_keep_us_busy_is_refused_at_once(issuer, signed, spoil, sentence):
    spoil(signed)
    begun = time.monotonic()
    with pytest.raises(UnsignedTerms, match=sentence):
        proofs.verify_proof(signed, keys=issuer.published)
    assert time.monotonic() - begun < 10


def test_without_the_guard_alike_parts_would_keep_us_busy(issuer, signed, monkeypatch):
    """The control: seven parts are still bearable, and each one more costs its number times as much."""
    monkeypatch.setattr(proofs, "_refuse_poison", lambda quads: None)
    times = []
    for count in (2, 7):
        document = json.loads(json.dumps(signed))
        poisoned(document, count)
        begun = time.process_time()
        with pytest.raises(BadProof, match="does not fit"):
            proofs.verify_proof(document, keys=issuer.published)
        times.append(time.process_time() - begun)
    assert times[1] > 4 * times[0]


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["@id", "_:b0", "x:y"])
)
SHAPES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "type", "name", "@type", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(FIELDS), SHAPES, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_shapes_are_refused_by_a_named_error(issuer, signed, changes):
    with pytest.raises(SigningError):
        proofs.verify_proof({**signed, **changes, "name": "changed"}, keys=issuer.published)


@pytest.mark.parametrize("name", ["expand", "compact", "to_rdf", "normalize"])
def test_no_two_threads_are_in_the_library_at_once(issuer, signed, monkeypatch, name):
    """Its cache of contexts is shared and unguarded: a page that verified beside another one broke on it."""
    guarded, call = [], getattr(proofs.jsonld, name)

    def watched(*args, **kwargs):
        guarded.append(proofs._one_at_a_time.locked())
        return call(*args, **kwargs)

    monkeypatch.setattr(proofs.jsonld, name, watched)
    proofs.refuse_unsigned_terms(signed)
    proofs.verify_proof(signed, keys=issuer.published)
    assert guarded
    assert all(guarded)


# What is remembered -------------------------------------------------------------------------------------------------


def test_a_document_is_made_canonical_once_however_often_it_is_verified(issuer, signed, monkeypatch):
    made = []
    canonical = proofs._canonical
    monkeypatch.setattr(proofs, "_canonical", lambda document: made.append(document) or canonical(document))
    for _ in range(3):
        proofs.verify_proof(signed, keys=issuer.published)
    assert len(made) == 2  # the document and the options of its proof


def test_what_is_remembered_of_one_document_helps_no_other(issuer, attacker, signed):
    proofs.verify_proof(signed, keys=issuer.published)
    for spoiled in (
        {**signed, "name": "Another name"},
        {**signed, "proof": {**signed["proof"], "created": "2026-11-23T12:00:01Z"}},
        {**signed, "proof": {**signed["proof"], "proofValue": "z" + "1" * 86}},
    ):
        with pytest.raises(SigningError):
            proofs.verify_proof(spoiled, keys=issuer.published)
    with pytest.raises(SigningError):
        proofs.verify_proof(signed, keys=attacker.published)


def test_a_key_withdrawn_after_the_first_look_is_noticed(issuer, signed):
    proofs.verify_proof(signed, keys=issuer.published)
    document = issuer.did_document
    document["assertionMethod"] = []
    with pytest.raises(UnknownKey):
        proofs.verify_proof(signed, keys=read_published_keys(document))


def test_a_document_deeper_than_any_reader_goes_is_refused(issuer, signed):
    deep = inner = {}
    for _ in range(100_000):
        inner["evidence"] = {}
        inner = inner["evidence"]
    with pytest.raises(UnsignedTerms, match="too deeply"):
        proofs.verify_proof({**signed, "evidence": deep}, keys=issuer.published)
