"""The secrets of a link: made here, mailed, and kept as hashes only."""

import hashlib
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from supervision.models import SigningLink
from supervision.signing.enums import CODE_DIGITS


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def code_hash(link: SigningLink, code: str) -> str:
    """Keyed by the site's secret: whoever reads the database alone cannot try out a million codes."""
    return salted_hmac(
        "supervision.signing.code", f"{link.pk}:{link.codes_asked}:{code}", algorithm="sha256"
    ).hexdigest()


def is_code_of(link: SigningLink, code: str) -> bool:
    return bool(link.code_hash) and constant_time_compare(link.code_hash, code_hash(link, code))
