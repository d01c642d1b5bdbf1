"""Codes that people type to look something up: 140 random bits in Crockford's base 32, without look-alike letters."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28
GROUP = 4
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """As people read it: 0A1B-2C3D-…"""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normalised(typed: str) -> str:
    """What was typed, as stored: upper case, without spaces and hyphens, O read as 0, I and L as 1. Empty if it is no code."""
    code = "".join(typed.split()).replace("-", "").upper().translate(_LOOKALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
