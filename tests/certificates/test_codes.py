import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import codes

CODES = st.text(alphabet=codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH)


def test_a_code_holds_more_than_128_bits():
    assert len(codes.ALPHABET) ** codes.LENGTH >= 2**128
    assert len({codes.new_code() for _ in range(100)}) == 100
    assert set("ILOU").isdisjoint(codes.ALPHABET)


@given(CODES)
def test_what_people_read_reads_back_as_the_same_code(code):
    assert codes.normalised(codes.grouped(code)) == code
    assert codes.normalised(f"  {codes.grouped(code).lower()} ") == code


@given(CODES)
def test_letters_that_look_like_digits_are_understood(code):
    assert codes.normalised(code.replace("0", "o").replace("1", "l")) == code
    assert codes.normalised(code.replace("1", "I")) == code


@pytest.mark.parametrize("typed", ["", "-", "A" * 27, "A" * 29, "U" * 28, "é" * 28, "٣" * 28, "A" * 27 + "\x00"])
def test_anything_else_is_no_code(typed):
    assert codes.normalised(typed) == ""


@given(st.text(max_size=80))
def test_whatever_is_typed_gives_a_code_or_nothing(typed):
    code = codes.normalised(typed)
    assert code == "" or (len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET))
