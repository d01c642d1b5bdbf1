"""Removing words from texts: what is left in their place, and where the same words stand."""

import re
from collections.abc import Callable
from datetime import date

from supervision.guard.kinds import REMOVED, TOMBSTONE

FEWEST_LETTERS = 2


def tombstone(kind: str, on: date) -> str:
    """
    >>> tombstone("phone", date(2026, 11, 7))
    '[Removed by the reviewer: a phone number, 7 Nov 2026]'
    """
    return f"[Removed by the reviewer: {dict(REMOVED)[kind]}, {on.day} {on:%b %Y}]"


def remover(words: str, stone: str) -> Callable[[str], str]:
    """Puts `stone` for `words` wherever they stand in a text, in any case and spacing, but never within longer words or
    within an earlier tombstone.

    >>> remover("Ann Lee", "[...]")("ann  lee came. Joann Lee and Ann Leeds did not.")
    '[...] came. Joann Lee and Ann Leeds did not.'
    """
    words = words.strip()
    spaced = r"\s+".join(re.escape(piece) for piece in words.split())
    begin = r"(?<!\w)" if re.match(r"\w", words) else ""
    end = r"(?!\w)" if re.search(r"\w\Z", words) else ""
    pattern = re.compile(rf"(\[{TOMBSTONE})|{begin}{spaced}{end}", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: match[0] if match[1] else stone, text)


def has_enough_letters(words: str) -> bool:
    return sum(sign.isalnum() for sign in words) >= FEWEST_LETTERS
