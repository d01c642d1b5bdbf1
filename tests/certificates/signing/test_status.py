import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.signing import status
from certificates.signing.errors import BadStatusList

INDEXES = st.integers(min_value=0, max_value=status.LIST_BITS - 1)


@given(st.sets(INDEXES, max_size=40), INDEXES)
def test_exactly_the_encoded_indexes_read_back_as_set(revoked, other):
    encoded = status.encode_bits(revoked)
    assert all(status.is_set(encoded, index) for index in revoked)
    assert status.is_set(encoded, other) == (other in revoked)
    assert sum(byte.bit_count() for byte in status.decode_bits(encoded)) == len(revoked)


def test_the_first_bit_is_the_leftmost():
    assert status.decode_bits(status.encode_bits([0, 9]))[:2] == bytes([0b10000000, 0b01000000])


def test_the_same_list_is_always_written_the_same_way():
    assert status.encode_bits([3, 1]) == status.encode_bits([1, 3, 3])


@pytest.mark.parametrize("index", [-1, status.LIST_BITS, 2**63])
def test_an_index_outside_the_list_is_refused(index):
    with pytest.raises(BadStatusList):
        status.encode_bits([index])
    with pytest.raises(BadStatusList):
        status.is_set(status.encode_bits([]), index)


def packed(raw: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "zabc",
        "u!!!",
        None,
        17,
        packed(b"no gzip at all"),
        packed(gzip.compress(bytes(100))),
        packed(gzip.compress(bytes(16384))[:-12]),
        packed(gzip.compress(bytes(50_000_000))),
    ],
    ids=[
        "empty",
        "wrong base",
        "no base64",
        "null",
        "number",
        "not packed",
        "too short",
        "cut off",
        "bomb",
    ],
)
def test_a_malformed_or_oversized_list_is_refused(encoded):
    with pytest.raises(BadStatusList):
        status.decode_bits(encoded)


@given(st.text(max_size=60))
def test_no_text_makes_decoding_fail_in_another_way(text):
    with pytest.raises(BadStatusList):
        status.decode_bits("u" + text)
