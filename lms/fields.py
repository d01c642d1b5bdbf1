"""Model fields that every room shares."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

PREFIX = "enc1:"


class DecryptionFailed(Exception):
    """None of FIELD_ENCRYPTION_KEYS reads the stored text. Never shown as empty text: a lost key must be noticed."""


def encrypt(text: str) -> str:
    return PREFIX + _cipher().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The clear text. Raises `DecryptionFailed` for anything that was not encrypted with one of our keys."""
    if not stored.startswith(PREFIX):
        raise DecryptionFailed("The stored text carries no encryption mark.")
    try:
        return _cipher().decrypt(stored[len(PREFIX) :].encode()).decode()
    except InvalidToken:
        raise DecryptionFailed("No key in FIELD_ENCRYPTION_KEYS reads this text.") from None


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.FIELD_ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedTextField(models.TextField):
    """Sensitive free text, encrypted at rest. It cannot be searched: every look-up but `isnull` is refused.

    Never put it on a model with Wagtail revisions: a revision keeps a clear copy of every field.
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"Encrypted text cannot be looked up by {lookup_name!r}.")
        return super().get_lookup(lookup_name)
