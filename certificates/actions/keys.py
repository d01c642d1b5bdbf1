"""Making the issuer and its signing keys."""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from certificates.enums import KeyAlgorithm
from certificates.models import Issuer, SigningKey
from certificates.signing import keys
from certificates.signing.documents import did_for
from lms.accounts.models import User
from lms.audit.actions import record


@transaction.atomic
def create_signing_keys(*, by: User | None, rotate: bool = False) -> list[SigningKey]:
    """Make the keys that are missing and return the new ones; with `rotate`, new ones for all, the old ones retired.

    Private halves go to SIGNING_KEYS_DIR, encrypted. Safe to repeat: without `rotate` a second call makes nothing.
    """
    issuer = prepare_issuer()
    made = []
    for algorithm in KeyAlgorithm:
        current = SigningKey.objects.select_for_update().filter(issuer=issuer, algorithm=algorithm, retired_at=None)
        if not rotate and current.exists():
            continue
        for old in current:
            _retire(old, by=by)
        made.append(_create_key(issuer, algorithm, by=by))
    return made


@transaction.atomic
def prepare_issuer() -> Issuer:
    """The issuer, locked. Until it has signed something it follows PUBLIC_URL; afterwards it never changes."""
    issuer = Issuer.objects.select_for_update().order_by("id").first()
    if issuer is None:
        return Issuer.objects.create(base_url=settings.PUBLIC_URL, did=did_for(settings.PUBLIC_URL))
    if issuer.used_at is None and issuer.base_url != settings.PUBLIC_URL:
        issuer.base_url, issuer.did = settings.PUBLIC_URL, did_for(settings.PUBLIC_URL)
        issuer.save(update_fields=["base_url", "did"])
    return issuer


def mark_used(issuer: Issuer) -> None:
    """From now on the issuer's address is part of signed bytes, and the database refuses to change it."""
    if issuer.used_at is None:
        issuer.used_at = timezone.now()
        issuer.save(update_fields=["used_at"])


def _retire(key: SigningKey, *, by: User | None) -> None:
    key.retired_at = timezone.now()
    key.save(update_fields=["retired_at"])
    record("certificates.key.retired", by=by, about=key, name=key.name)


def _create_key(issuer: Issuer, algorithm: KeyAlgorithm, *, by: User | None) -> SigningKey:
    private = keys.generate_ed25519() if algorithm == KeyAlgorithm.ED25519 else keys.generate_rsa()
    name = _write(algorithm, private)
    key = SigningKey(issuer=issuer, name=name, algorithm=algorithm)
    if algorithm == KeyAlgorithm.ED25519:
        key.multibase = keys.encode_multikey(private.public_key())
    else:
        jwk = keys.public_jwk(private.public_key(), kid=key.kid)
        key.jwk = {
            name: value for name, value in jwk.items() if name != "kid"
        }  # follows from the issuer, see the model
    key.save(force_insert=True)
    record("certificates.key.created", by=by, about=key, name=key.name, algorithm=algorithm)
    return key


def _write(algorithm: KeyAlgorithm, private: keys.PrivateKey) -> str:
    """Write the file under the first free name of this year: a file of an earlier database is never overwritten."""
    number = 1
    while True:
        name = f"{algorithm}-{timezone.now().year}-{number}"
        taken = SigningKey.objects.filter(name=name).exists()
        try:
            if not taken:
                keys.write_private_key(
                    Path(settings.SIGNING_KEYS_DIR), name, private, passphrase=settings.SIGNING_KEYS_PASSPHRASE
                )
                return name
        except FileExistsError:
            pass
        number += 1
