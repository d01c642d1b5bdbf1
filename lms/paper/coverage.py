"""Which letters our fonts can print: read from the fonts' own tables, so that a name can never break a certificate."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
# In place of a letter that no font has. The paper then says so; the verification page shows the letter itself.
MISSING = "□"
JOINERS = "\u200c\u200d"  # Persian and Indic names need them; they have no shape of their own


def printable(text: str) -> str:
    """The text as it can be printed: composed, on one line, without control signs, unknown letters as `MISSING`."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_printed(sign) for sign in " ".join(composed.split()))


def _printed(sign: str) -> str:
    if sign in JOINERS or ord(sign) in covered():
        return sign
    is_shapeless = unicodedata.category(sign) in ("Cc", "Cf") or "\ufe00" <= sign <= "\ufe0f"
    return "" if is_shapeless else MISSING


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every code point that one of the fonts has a glyph for, control and direction signs left out."""
    points: set[int] = set()
    for file in sorted([*FONTS.glob("*.otf"), *FONTS.glob("*.tt?")]):
        points.update(_code_points(file.read_bytes()))
    return frozenset(point for point in points if unicodedata.category(chr(point)) not in ("Cc", "Cf", "Cs"))


def _code_points(font: bytes) -> Iterator[int]:
    """The code points of a font's Unicode character maps (OpenType `cmap`, formats 4 and 12)."""
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    cmap = _table(font, start, b"cmap")
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * number)
        if platform in (0, 3):
            yield from _subtable(font, cmap + offset)


def _table(font: bytes, start: int, name: bytes) -> int:
    for number in range(struct.unpack_from(">H", font, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        if tag == name:
            return offset
    raise LookupError(f"The font has no table {name!r}.")


def _subtable(font: bytes, at: int) -> Iterator[int]:
    form = struct.unpack_from(">H", font, at)[0]
    if form == 4:
        count = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", font, at + 14)
        starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
        for first, last in zip(starts, ends, strict=True):
            yield from range(first, min(last, 0xFFFE) + 1)
    elif form == 12:
        for number in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * number)
            yield from range(first, last + 1)
