"""What can be wrong with keys and status lists: system checks with id and hint, and answers for /readyz."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Warning
from django.db import DatabaseError

from certificates.enums import KeyAlgorithm
from certificates.models import SigningKey
from certificates.queries.keys import current_key, private_key, the_issuer
from certificates.queries.status import old_lists
from certificates.signing.errors import MissingKey


def status_lists_are_fresh() -> str:
    """Empty, or what is wrong: with an old list every certificate will soon fail at every verifier."""
    old = old_lists().first()
    return f"status list {old.number} was last signed on {old.signed_at:%Y-%m-%d}" if old else ""


def signing_keys_open() -> str:
    """Empty, or which private key cannot be read. An installation that never made keys is not asked for them."""
    issuer = the_issuer()
    if issuer is None or not SigningKey.objects.filter(issuer=issuer).exists():
        return ""
    try:
        for algorithm in KeyAlgorithm:
            private_key(current_key(issuer, algorithm))
    except MissingKey as missing:
        return str(missing)
    return ""


def keys_folder_is_private(app_configs, **kwargs):
    folder = Path(settings.SIGNING_KEYS_DIR).resolve()
    public = [Path(place).resolve() for place in (settings.MEDIA_ROOT, settings.STATIC_ROOT) if place]
    if any(folder == place or place in folder.parents for place in public):
        return [
            Error(
                "The signing keys lie in a folder whose files are served.",
                hint="Set SIGNING_KEYS_DIR to a folder outside of media and static files.",
                id="plumbline.E101",
            )
        ]
    return []


def issuer_answers_at_its_address(app_configs, databases=None, **kwargs):
    """Credentials carry the issuer's address for ever, so a changed PUBLIC_URL must leave the old host answering."""
    try:
        issuer = the_issuer() if databases else None
    except DatabaseError:  # before the first migration there is nothing to check
        return []
    if issuer is None or issuer.used_at is None or issuer.base_url == settings.PUBLIC_URL:
        return []
    return [
        Warning(
            f"Credentials were signed as {issuer.did}, but PUBLIC_URL is {settings.PUBLIC_URL}.",
            hint=f"Keep {issuer.base_url} answering with this site, or nobody else can verify them.",
            id="plumbline.W101",
        )
    ]
