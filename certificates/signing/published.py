"""The keys an issuer publishes, read from its own DID document and key set. Nothing else is ever trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.signing.errors import UnknownKey
from certificates.signing.keys import decode_multikey


@dataclass(frozen=True)
class PublishedKeys:
    issuer: str
    multikeys: Mapping[str, str] = field(default_factory=dict)  # verification method -> publicKeyMultibase
    jwks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # kid -> JWK

    def ed25519(self, method: str) -> Ed25519PublicKey:
        """Raises `UnknownKey` for a method the issuer does not publish."""
        if method not in self.multikeys:
            raise UnknownKey("The proof names a key that the issuer does not publish.")
        return decode_multikey(self.multikeys[method])

    def jwk(self, kid: str) -> Mapping[str, str]:
        """Raises `UnknownKey` for a key id the issuer does not publish."""
        if kid not in self.jwks:
            raise UnknownKey("The token names a key that the issuer does not publish.")
        return self.jwks[kid]


def read_published_keys(did_document: Mapping, key_set: Mapping | None = None) -> PublishedKeys:
    """The keys that may sign assertions: methods the DID document itself controls and lists under `assertionMethod`."""
    did = did_document["id"]
    allowed = {method for method in did_document.get("assertionMethod", []) if isinstance(method, str)}
    multikeys = {
        method["id"]: method["publicKeyMultibase"]
        for method in did_document.get("verificationMethod", [])
        if method["id"] in allowed and method.get("controller") == did and "publicKeyMultibase" in method
    }
    return PublishedKeys(did, multikeys, {jwk["kid"]: jwk for jwk in (key_set or {}).get("keys", [])})
