"""Whatever the bytes are, the answer is credentials or a named reason, and nothing else ever comes out."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.extraction.extract import extract
from certificates.extraction.found import MAX_CREDENTIALS, Found, NothingFound, Reason
from certificates.signing.check import MAX_CREDENTIAL
from tests.certificates import baking
from tests.certificates.extraction.test_extract import DOCUMENT, TOKEN

PICTURE, DRAWING = baking.png(DOCUMENT, packed=True), baking.svg(DOCUMENT)
PAPER = baking.certificate_pdf(DOCUMENT, TOKEN)
BEGINNINGS = [b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"<svg", b"{", b"eyJ.", b"\xef\xbb\xbf{"]


def answer(content: bytes) -> Found | Reason:
    try:
        return extract(content)
    except NothingFound as nothing:
        return nothing.reason


def is_sound(found: Found | Reason) -> bool:
    if isinstance(found, Reason):
        return True
    return 1 <= len(found.texts) <= MAX_CREDENTIALS and all(0 < len(text) <= MAX_CREDENTIAL for text in found.texts)


@given(st.sampled_from([start for start in BEGINNINGS if not start.startswith(b"%PDF")]), st.binary(max_size=2000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_have_an_answer(beginning, rest):
    assert is_sound(answer(beginning + rest))


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_picture_or_drawing_has_an_answer(data):
    assert is_sound(
        answer(damaged(data, data.draw(st.sampled_from([PICTURE, DRAWING, DOCUMENT.encode(), TOKEN.encode()]))))
    )


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_pdf_has_an_answer(data):
    assert is_sound(answer(damaged(data, PAPER)))


def damaged(data, content: bytes) -> bytes:
    """Cut off, or with some bytes changed, dropped or put in."""
    changed = bytearray(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    for _ in range(data.draw(st.integers(0, 8))):
        if changed:
            at = data.draw(st.integers(0, len(changed) - 1))
            changed[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    return bytes(changed)


@pytest.mark.parametrize("content", [PICTURE, PAPER, DRAWING], ids=["picture", "paper", "drawing"])
def test_cut_off_at_any_tenth_it_has_an_answer(content):
    assert all(is_sound(answer(content[: len(content) * part // 10])) for part in range(10))
