"""The keys we sign with, and those we publish."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from certificates.enums import KeyAlgorithm
from certificates.models import Issuer, SigningKey
from certificates.signing import documents
from certificates.signing.errors import MissingKey
from certificates.signing.keys import PrivateKey, read_private_key
from certificates.signing.published import PublishedKeys, read_published_keys


def the_issuer() -> Issuer | None:
    """The one name under which this installation signs; None before the first keys were made."""
    return Issuer.objects.order_by("id").first()


def key_named(name: str) -> SigningKey:
    """A published RSA key, current or retired. Raises `SigningKey.DoesNotExist`."""
    return SigningKey.objects.select_related("issuer").get(name=name, algorithm=KeyAlgorithm.RS256)


def current_key(issuer: Issuer, algorithm: KeyAlgorithm) -> SigningKey:
    """The newest key that is not retired. Raises `MissingKey`."""
    key = SigningKey.objects.filter(issuer=issuer, algorithm=algorithm, retired_at=None).order_by("-id").first()
    if key is None:
        raise MissingKey("There is no signing key. Run manage.py create_signing_keys.")
    key.issuer = issuer
    return key


def private_key(key: SigningKey) -> PrivateKey:
    """The private half from SIGNING_KEYS_DIR. Raises `MissingKey` when it cannot be read or is not this key's half."""
    return _private_key(Path(settings.SIGNING_KEYS_DIR), key.name, settings.SIGNING_KEYS_PASSPHRASE)


@lru_cache(maxsize=8)  # opening the encrypted file costs more than signing
def _private_key(folder: Path, name: str, passphrase: str) -> PrivateKey:
    return read_private_key(folder, name, passphrase=passphrase)


def did_document(issuer: Issuer) -> dict:
    """Every key ever used, retired ones too: removing one kills all its credentials at once."""
    return _did_document(issuer, _keys_of(issuer))


def key_set(issuer: Issuer) -> dict:
    return _key_set(_keys_of(issuer))


def published_keys(issuer: Issuer) -> PublishedKeys:
    """The keys a stranger would find at our public addresses, read from the very documents served there."""
    keys = _keys_of(issuer)
    return read_published_keys(_did_document(issuer, keys), _key_set(keys))


def _did_document(issuer: Issuer, keys: list[SigningKey]) -> dict:
    return documents.did_document(issuer.did, [key.facts for key in keys])


def _key_set(keys: list[SigningKey]) -> dict:
    return documents.key_set([key.public_jwk for key in keys if key.algorithm == KeyAlgorithm.RS256])


def _keys_of(issuer: Issuer) -> list[SigningKey]:
    keys = list(SigningKey.objects.filter(issuer=issuer).order_by("id"))
    for key in keys:
        key.issuer = issuer
    return keys


def is_ready_to_sign() -> bool:
    """Whether a current key of each algorithm exists. Its file is read only when signing."""
    current = SigningKey.objects.filter(retired_at=None).values_list("algorithm", flat=True)
    return set(current) == set(KeyAlgorithm.values)
