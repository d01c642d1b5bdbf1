"""The text chunks of a PNG (https://www.w3.org/TR/png-3/#11textinfo), read without decoding a single pixel.

Open Badges 3.0 bakes a credential into an iTXt chunk with the keyword below; tEXt and zTXt are read too, because
programs that save a picture again sometimes turn one into the other.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

from certificates.extraction.found import NothingFound, Reason
from certificates.signing.check import MAX_CREDENTIAL

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
MAX_CHUNKS = 2000


def read(content: bytes) -> Iterator[str]:
    for name, data in _chunks(content):
        keyword, _, rest = data.partition(b"\x00")
        if name in _READERS and keyword == KEYWORD:
            yield _READERS[name](rest)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each chunk up to IEND. Check sums are not looked at: the signature inside is what counts."""
    position = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if position + 12 > len(content):
            raise NothingFound(Reason.BROKEN)
        length, name = struct.unpack_from(">I4s", content, position)
        end = position + 8 + length
        if end + 4 > len(content):
            raise NothingFound(Reason.BROKEN)
        if name == b"IEND":
            return
        yield name, content[position + 8 : end]
        position = end + 4
    raise NothingFound(Reason.BROKEN)


def _international(rest: bytes) -> str:
    """iTXt: flag and method of compression, language, translated keyword, then UTF-8."""
    parts = rest[2:].split(b"\x00", 2)
    if len(rest) < 2 or len(parts) != 3 or rest[0] not in (0, 1) or rest[1] != 0:
        raise NothingFound(Reason.BROKEN)
    return _text(_inflated(parts[2]) if rest[0] else parts[2])


def _compressed(rest: bytes) -> str:
    if rest[:1] != b"\x00":
        raise NothingFound(Reason.BROKEN)
    return _text(_inflated(rest[1:]))


def _inflated(packed: bytes) -> bytes:
    """Never unpacks more than a credential may be long, however much was promised."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MAX_CREDENTIAL + 1)
    except zlib.error:
        raise NothingFound(Reason.BROKEN) from None
    if len(data) > MAX_CREDENTIAL:
        raise NothingFound(Reason.TOO_LARGE)
    if not unpacker.eof:
        raise NothingFound(Reason.BROKEN)
    return data


def _text(data: bytes) -> str:
    if len(data) > MAX_CREDENTIAL:
        raise NothingFound(Reason.TOO_LARGE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NothingFound(Reason.BROKEN) from None


_READERS: dict[bytes, Callable[[bytes], str]] = {b"iTXt": _international, b"zTXt": _compressed, b"tEXt": _text}
