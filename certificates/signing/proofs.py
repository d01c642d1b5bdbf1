"""Embedded proofs: cryptosuite eddsa-rdfc-2022 (https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022).

PyLD has no safe mode: what a context does not define is dropped without a word and would be left unsigned. So before
signing and before accepting, `refuse_unsigned_terms` demands that every leaf of the document survives expansion.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from certificates.signing.contexts import FILES, load
from certificates.signing.documents import timestamp
from certificates.signing.errors import (
    BadProof,
    SigningError,
    UnknownContext,
    UnsignedTerms,
)
from certificates.signing.published import PublishedKeys
from lms.web.memory import remember

CRYPTOSUITE = "eddsa-rdfc-2022"
MAX_LEAVES = 1000
MAX_DEPTH = 30
N_QUADS = "application/n-quads"
# PyLD keeps contexts in a cache of the whole process that two threads break: "OrderedDict mutated during iteration".
_one_at_a_time = Lock()
BLANK = re.compile(r"_:[A-Za-z0-9]+")
# What PyLD lets through when a stranger's document has shapes it does not expect.
HOSTILE = (jsonld.JsonLdError, TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)
# An address no document of ours holds: a relative id becomes one under it and so shows as changed.
NOWHERE = "https://relative.invalid/"

Leaf = tuple[str, Any]


def add_proof(document: Mapping, *, key: Ed25519PrivateKey, method: str, created: datetime) -> dict:
    """The document with its proof. `method` is the full id of the published key. Raises `UnsignedTerms`."""
    if "proof" in document:
        raise BadProof("The document carries a proof already.")
    refuse_unsigned_terms(document)
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    signature = key.sign(_digest(document, config))
    return {
        **document,
        "proof": {**config, "proofValue": "z" + base58.b58encode(signature).decode()},
    }


def verify_proof(document: Mapping, *, keys: PublishedKeys) -> None:
    """Raises a `SigningError` unless the proof covers everything in the document and a published key made it.

    The method must belong to `keys.issuer`, and the document must name that issuer.
    """
    proof = _single_proof(document)
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    method = _checked_method(proof, keys)
    if _issuer_id(document) != keys.issuer:
        raise BadProof("The document names another issuer than the one whose key signed it.")
    config = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        keys.ed25519(method).verify(_signature(proof), _checked_digest(unsigned, config))
    except InvalidSignature:
        raise BadProof("The signature does not fit the content.") from None


def _exactly(document: Mapping, config: Mapping) -> bytes:
    try:
        return hashlib.sha256(json.dumps([document, config]).encode()).digest()
    except RecursionError:
        raise UnsignedTerms("The document is nested too deeply.") from None


@remember(seconds=3600, most=2000, key=_exactly)
def _checked_digest(document: Mapping, config: Mapping) -> bytes:
    """What a signature over exactly these names and values must sign. Raises `SigningError` when it would not cover all.

    It follows from the content alone and is dear to compute, so it is remembered. Who signed, with which key, whether the
    key is published and what the status list says is asked every time.
    """
    refuse_unsigned_terms(document)
    refuse_unsigned_terms({"@context": document["@context"], **config})
    return _digest(document, config)


def refuse_unsigned_terms(document: Mapping) -> None:
    """Raises `UnsignedTerms` when a signature over the canonical form would not cover every leaf of the document."""
    refuse_foreign_contexts(document)
    before = Counter(leaves(document))
    if before.total() > MAX_LEAVES:
        raise UnsignedTerms("The document is too large.")
    options = {"documentLoader": load, "processingMode": "json-ld-1.1"}
    try:
        with _one_at_a_time:
            expanded = jsonld.expand(dict(document), {**options, "base": NOWHERE})
            compacted = jsonld.compact(expanded, {"@context": document["@context"]}, options)
    except HOSTILE as error:
        raise _named(error, UnsignedTerms("The document is not valid JSON-LD.")) from error
    lost = before - Counter(leaves(compacted))
    if lost:
        names = ", ".join(sorted({path or "(whole document)" for path, _ in lost}))
        raise UnsignedTerms(f"No signature would cover: {names}.")


def refuse_foreign_contexts(document: Mapping) -> None:
    """Only a list of bundled addresses, at the top and nowhere else: an inline context could rename what was signed."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts:
        raise UnknownContext("The document must list its contexts.")
    for context in contexts:
        if not isinstance(context, str) or context not in FILES:
            raise UnknownContext("The document names a context that is not one of the bundled ones.")


def leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[Leaf]:
    """Every scalar with the path of names above it, list positions left out. Empty containers and nulls count too.

    Raises `UnsignedTerms` for what is too deep, for JSON-LD keywords inside the document, and for decimal numbers
    (their canonical form differs between implementations).
    """
    if depth > MAX_DEPTH:
        raise UnsignedTerms("The document is nested too deeply.")
    if isinstance(value, Mapping):
        if not value:
            yield path, "{}"
        for name, inner in value.items():
            if name == "@context" and not path:
                continue
            if name.startswith("@"):
                raise UnsignedTerms(f"The keyword {name} does not belong in a credential.")
            yield from leaves(inner, f"{path}/{name}", depth + 1)
    elif isinstance(value, list):
        if not value:
            yield path, "[]"
        for inner in value:
            yield from leaves(inner, path, depth + 1)
    elif isinstance(value, float):
        raise UnsignedTerms("Decimal numbers are written as text in a credential.")
    else:
        yield path, f"{type(value).__name__}:{value}"


def _digest(document: Mapping, config: Mapping) -> bytes:
    with_context = {**config, "@context": document["@context"]}
    return hashlib.sha256(_canonical(with_context)).digest() + hashlib.sha256(_canonical(document)).digest()


def _canonical(document: Mapping) -> bytes:
    # PyLD calls the algorithm by its older name; the output is that of RDFC-1.0.
    options = {"algorithm": "URDNA2015", "format": N_QUADS, "documentLoader": load}
    try:
        with _one_at_a_time:
            _refuse_poison(jsonld.to_rdf(dict(document), {"format": N_QUADS, "documentLoader": load}))
            return jsonld.normalize(dict(document), options).encode()
    except HOSTILE as error:
        raise _named(error, BadProof("The document has no canonical form.")) from error


def _refuse_poison(quads: str) -> None:
    """Refuse nodes without a name that look alike: telling them apart can take the canonical form for ever.

    Two are alike when their statements are equal but for the labels of such nodes; the algorithm calls that the
    first-degree hash. A credential of ours has none.
    """
    statements: dict[str, list[str]] = defaultdict(list)
    for line in quads.split("\n"):
        for label in set(BLANK.findall(_without_text(line))):
            statements[label].append(line)
    looks = {tuple(sorted(_seen_from(label, line) for line in lines)) for label, lines in statements.items()}
    if len(looks) != len(statements):
        raise UnsignedTerms("Parts of the document cannot be told apart.")


def _without_text(line: str) -> str:
    """The statement without its literal, which may hold what looks like a label."""
    return line.split('"', 1)[0]


def _seen_from(label: str, line: str) -> str:
    names, quote, text = line.partition('"')
    return BLANK.sub(lambda found: "_:this" if found[0] == label else "_:other", names) + quote + text


def _single_proof(document: Mapping) -> Mapping:
    proof = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, Mapping):
        raise BadProof("The document carries no proof, or more than one.")
    return proof


def _checked_method(proof: Mapping, keys: PublishedKeys) -> str:
    expected = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "proofPurpose": "assertionMethod",
    }
    if any(proof.get(name) != value for name, value in expected.items()):
        raise BadProof("The proof is of a kind that is not accepted here.")
    method = proof.get("verificationMethod")
    if not isinstance(method, str):
        raise BadProof("The proof does not name its key.")
    keys.ed25519(method)
    return method


def _signature(proof: Mapping) -> bytes:
    text = proof.get("proofValue")
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 100:
        raise BadProof("The proof holds no signature.")
    try:
        return base58.b58decode(text[1:])
    except ValueError:
        raise BadProof("The proof holds no signature.") from None


def _issuer_id(document: Mapping) -> Any:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, Mapping) else issuer


def _named(error: BaseException, otherwise: SigningError) -> SigningError:
    """Our own error that PyLD wrapped, if there is one in the chain."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SigningError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return otherwise
