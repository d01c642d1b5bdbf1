"""Key pairs: Ed25519 for embedded proofs and status lists, RSA-2048 for tokens.

Private keys live in files outside the database, as PKCS #8 PEM encrypted with a passphrase the caller gives.
"""

import os
from pathlib import Path

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from joserfc.jwk import RSAKey

from certificates.signing.errors import MissingKey, UnknownKey

PrivateKey = Ed25519PrivateKey | RSAPrivateKey
PublicKey = Ed25519PublicKey | RSAPublicKey

# Multicodec prefix of an Ed25519 public key, https://www.w3.org/TR/cid-1.0/#Multikey
ED25519_PREFIX = b"\xed\x01"
RSA_BITS = 2048


def generate_ed25519() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def generate_rsa() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def encode_multikey(key: Ed25519PublicKey) -> str:
    """The key as `publicKeyMultibase`: z6Mk…"""
    return "z" + base58.b58encode(ED25519_PREFIX + key.public_bytes_raw()).decode()


def decode_multikey(text: str) -> Ed25519PublicKey:
    """Raises `UnknownKey` for anything that is no Ed25519 multikey."""
    try:
        raw = base58.b58decode(text[1:]) if text.startswith("z") else b""
        if not raw.startswith(ED25519_PREFIX):
            raise ValueError
        return Ed25519PublicKey.from_public_bytes(raw[len(ED25519_PREFIX) :])
    except ValueError:
        raise UnknownKey("The published key is not an Ed25519 multikey.") from None


def public_jwk(key: RSAPublicKey, *, kid: str) -> dict[str, str]:
    """The public half as a bare JWK. `kid` is the https address where exactly this object is served."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    numbers = RSAKey.import_key(pem).as_dict(private=False)
    return {
        "kty": "RSA",
        "n": numbers["n"],
        "e": numbers["e"],
        "alg": "RS256",
        "use": "sig",
        "kid": kid,
    }


def write_private_key(folder: Path, name: str, key: PrivateKey, *, passphrase: str) -> Path:
    """Write `<name>.pem`, readable by its owner only. Raises `FileExistsError`: a key is never overwritten."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    path = folder / f"{name}.pem"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return path


def read_private_key(folder: Path, name: str, *, passphrase: str) -> PrivateKey:
    """Raises `MissingKey` when the file is not there or the passphrase does not open it."""
    path = folder / f"{name}.pem"
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except FileNotFoundError:
        raise MissingKey(f"There is no signing key {name}.pem in the folder of signing keys.") from None
    except (ValueError, TypeError):
        raise MissingKey(f"The passphrase does not open the signing key {name}.pem.") from None
    if not isinstance(key, PrivateKey):
        raise MissingKey(f"{name}.pem holds a key of another kind.")
    return key
