"""Bitstring Status List 1.0 (https://www.w3.org/TR/vc-bitstring-status-list/): one bit for each credential."""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable

from certificates.signing.errors import BadStatusList

# The least length the standard allows, so that fetching a list does not tell the issuer which credential is checked.
LIST_BITS = 131_072
MAX_BYTES = 1_000_000
GZIP = zlib.MAX_WBITS | 16


def encode_bits(revoked: Iterable[int], *, length: int = LIST_BITS) -> str:
    """The `encodedList` with these indexes set. Same set, same text. Raises `BadStatusList` out of range."""
    bits = bytearray(length // 8)
    for index in revoked:
        if not 0 <= index < length:
            raise BadStatusList(f"The index {index} does not fit a list of {length}.")
        bits[index // 8] |= 0x80 >> (index % 8)  # the first bit is the leftmost
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def decode_bits(encoded: str) -> bytes:
    """The raw bytes. Raises `BadStatusList` for what is malformed, too short, or unpacks to more than a megabyte."""
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise BadStatusList("The status list is not in base64url.")
    try:
        packed = base64.b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(GZIP)
        bits = unpacker.decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise BadStatusList("The status list cannot be unpacked.") from None
    if len(bits) > MAX_BYTES or not unpacker.eof:
        raise BadStatusList("The status list is too large or cut off.")
    if len(bits) * 8 < LIST_BITS:
        raise BadStatusList("The status list is shorter than the standard allows.")
    return bits


def is_set(encoded: str, index: int) -> bool:
    """Whether the bit of `index` is set. Raises `BadStatusList` when the list does not reach that far."""
    bits = decode_bits(encoded)
    if not 0 <= index < len(bits) * 8:
        raise BadStatusList("The status list does not hold this credential.")
    return bool(bits[index // 8] & (0x80 >> (index % 8)))
