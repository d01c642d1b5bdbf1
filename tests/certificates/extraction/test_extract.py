"""From bytes to credentials: every kind of file, told by its content, and every bound. No database, no signature."""

import json
import zlib

import pytest

from certificates.extraction import png
from certificates.extraction.extract import extract, kind_of
from certificates.extraction.found import MAX_FILE, Found, Kind, NothingFound, Reason
from certificates.signing.check import MAX_CREDENTIAL
from tests.certificates import baking

DOCUMENT = json.dumps({"type": ["VerifiableCredential"], "name": "Zoë – “]]>”", "proof": {}}, ensure_ascii=False)
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl"
BOTH = [DOCUMENT, TOKEN]


def reason(content: bytes) -> Reason:
    with pytest.raises(NothingFound) as nothing:
        extract(content)
    return nothing.value.reason


# What is found --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", BOTH, ids=["json", "jwt"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_baked_picture_gives_its_credential(text, packed):
    assert extract(baking.png(text, packed=packed)) == Found(Kind.PNG, (text,))


@pytest.mark.parametrize("text", BOTH, ids=["json", "jwt"])
def test_a_baked_drawing_gives_its_credential(text):
    (found,) = extract(baking.svg(text)).texts
    assert found == text or json.loads(found) == json.loads(text)


def test_a_pdf_gives_both_its_credentials():
    assert set(extract(baking.certificate_pdf(DOCUMENT, TOKEN)).texts) == {DOCUMENT, TOKEN}


def test_a_pdf_that_its_owner_protected_against_printing_can_be_read():
    protection = pikepdf_encryption(owner="owner", user="")
    assert set(extract(baking.certificate_pdf(DOCUMENT, TOKEN, encryption=protection)).texts) == {DOCUMENT, TOKEN}


def pikepdf_encryption(**words):
    import pikepdf

    return pikepdf.Encryption(R=6, **words)


def test_other_attachments_do_not_matter():
    extra = {
        "invoice.xml": b"<a/>",
        "notes.json": b'{"a": 1}',
        "photo.bin": bytes(range(256)),
        "c.json": DOCUMENT.encode(),
    }
    assert extract(baking.pdf(extra)).texts == (DOCUMENT,)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n  "])
@pytest.mark.parametrize(("text", "kind"), [(DOCUMENT, Kind.JSON), (TOKEN, Kind.TOKEN)])
def test_a_document_or_token_by_itself_is_found_with_space_or_a_mark_around_it(text, kind, before):
    assert extract(before + text.encode() + b"\n") == Found(kind, (text,))


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt"])
def test_other_text_chunks_are_read_too(name):
    data = b"openbadgecredential\x00" + (TOKEN.encode() if name == b"tEXt" else b"\x00" + zlib.compress(TOKEN.encode()))
    assert extract(baking.png_of_chunks((name, data), (b"IEND", b""))).texts == (TOKEN,)


def test_a_wrong_check_sum_of_a_chunk_does_not_matter():
    content = baking.png(TOKEN)
    at = content.index(TOKEN.encode()) + len(TOKEN)
    assert extract(content[:at] + b"\x00\x00\x00\x00" + content[at + 4 :]).texts == (TOKEN,)


# Told by content ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n%PDF-1.7 {", Kind.PNG),
        (b"%PDF-1.7\n\x89PNG", Kind.PDF),
        (b"junk before %PDF-1.7", Kind.PDF),
        (b"<!-- %PDF-1.7 --><svg/>", Kind.SVG),
        (b'{"a": "%PDF-1.7"}', Kind.JSON),
        (b"a.b.c", Kind.TOKEN),
        (b"a.b.", Kind.TOKEN),
        (b"a.b", None),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b"\x1f\x8b\x08", None),
        (b"", None),
    ],
)
def test_the_kind_is_told_by_the_first_bytes(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Reason.EMPTY),
        (b" \n", Reason.EMPTY),
        (b"GIF89a......", Reason.OTHER_KIND),
        (b"\x00" * 1000, Reason.OTHER_KIND),
        (b"<html><body>{}</body></html>", Reason.OTHER_KIND),
        (b"x" * (MAX_FILE + 1), Reason.TOO_LARGE),
        (b'{"a": "' + b"x" * MAX_CREDENTIAL + b'"}', Reason.TOO_LARGE),
        (b'{"a": 1}', Reason.NOTHING_INSIDE),
        (b"{", Reason.BROKEN),
        (b'{"proof": {}, "proof": {}}', Reason.BROKEN),
        (b'{"proof": "\xff"}', Reason.BROKEN),
        (b'{"proof": ' + b"[" * 90_000, Reason.BROKEN),
        (b'{"proof": ' + b"9" * 100_000 + b"}", Reason.BROKEN),
        (baking.png(), Reason.NOTHING_INSIDE),
        (baking.png(TOKEN, keyword="comment"), Reason.NOTHING_INSIDE),
        (baking.png("just a text"), Reason.NOTHING_INSIDE),
        (baking.pdf({}), Reason.NOTHING_INSIDE),
        (baking.pdf({"a.txt": b"hello"}), Reason.NOTHING_INSIDE),
        (baking.pdf({"big.json": b'{"proof":"' + b"x" * MAX_CREDENTIAL + b'"}'}), Reason.NOTHING_INSIDE),
        (b"%PDF-1.7\nnothing", Reason.BROKEN),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Reason.NOTHING_INSIDE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"', Reason.BROKEN),
    ],
)
def test_every_reason_has_its_name(content, expected):
    assert reason(content) == expected


def test_a_pdf_with_a_password_is_locked():
    assert (
        reason(baking.certificate_pdf(DOCUMENT, TOKEN, encryption=pikepdf_encryption(owner="o", user="u")))
        == Reason.LOCKED
    )


# Bombs and floods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt"])
def test_a_deflate_bomb_in_a_picture_is_never_unpacked(name):
    bomb = zlib.compress(b"{" * 50_000_000, 9)
    head = b"openbadgecredential\x00" + (b"\x00" if name == b"zTXt" else b"\x01\x00\x00\x00")
    assert reason(baking.png_of_chunks((name, head + bomb), (b"IEND", b""))) == Reason.TOO_LARGE


def test_a_picture_that_claims_a_billion_pixels_is_not_decoded():
    header = b"\xff\xff\xff\x7f\xff\xff\xff\x7f\x08\x06\x00\x00\x00"
    text = (b"tEXt", b"openbadgecredential\x00" + TOKEN.encode())
    assert extract(baking.png_of_chunks((b"IHDR", header), text, (b"IEND", b""))).texts == (TOKEN,)


def test_a_picture_of_endless_chunks_or_with_a_lying_length_is_broken():
    assert reason(baking.png_of_chunks(*[(b"tEXt", b"")] * (png.MAX_CHUNKS + 1))) == Reason.BROKEN
    assert reason(png.SIGNATURE + b"\x7f\xff\xff\xfftEXtopenbadgecredential\x00" + TOKEN.encode()) == Reason.BROKEN


@pytest.mark.parametrize(
    "maker", [baking.png, lambda *texts: baking.pdf({str(i): t.encode() for i, t in enumerate(texts)})]
)
def test_more_credentials_than_a_certificate_holds_are_too_many(maker):
    assert reason(maker(*[f"{TOKEN}{number}" for number in range(5)])) == Reason.TOO_MANY


ENTITY_BOMB = b"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<svg xmlns="http://www.w3.org/2000/svg">&b;</svg>"""
OUTSIDE = (
    b"""<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>"""
)
DOCTYPE = b"""<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://attacker.example/svg.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>"""


@pytest.mark.parametrize("content", [ENTITY_BOMB, OUTSIDE, DOCTYPE], ids=["bomb", "outside", "doctype"])
def test_document_types_and_entities_are_never_expanded(content):
    assert reason(content) == Reason.BROKEN


def test_a_drawing_nested_a_hundred_thousand_times_is_harmless():
    nested = b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 100_000 + b"</g>" * 100_000 + b"</svg>"
    assert reason(nested) == Reason.NOTHING_INSIDE


@pytest.mark.parametrize("encoding", ["utf-7", "no-such", "utf-32"])
def test_a_drawing_in_an_odd_encoding_is_broken(encoding):
    assert reason(f'<?xml version="1.0" encoding="{encoding}"?><svg/>'.encode()) == Reason.BROKEN


def test_ten_thousand_attachments_are_too_many():
    assert reason(baking.pdf_of_many(10_000, TOKEN.encode())) == Reason.TOO_MANY


def test_a_bomb_among_the_attachments_is_never_unpacked():
    bomb = baking.pdf({"credential.json": b"{" * 150_000_000})
    assert len(bomb) < MAX_FILE
    assert reason(bomb) in {Reason.BROKEN, Reason.NOTHING_INSIDE}


def test_a_bomb_in_the_object_stream_is_survived():
    packed = zlib.compress(b"5 0 " + b" " * 150_000_000, 9)
    stream = (
        b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length " + str(len(packed)).encode() + b">>\nstream\n"
    )
    content = b"%PDF-1.5\n" + stream + packed + b"\nendstream\nendobj\ntrailer<</Root 5 0 R>>\n%%EOF"
    assert reason(content) == Reason.BROKEN


def test_a_file_that_is_pdf_and_picture_is_read_as_what_it_begins_with():
    picture, document = baking.png(TOKEN), baking.certificate_pdf(DOCUMENT, TOKEN)
    assert extract(picture + document) == Found(Kind.PNG, (TOKEN,))


def test_a_child_that_dies_is_a_file_that_cannot_be_read(monkeypatch, tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr("lms.confined.asking.CHILD", killer)
    assert reason(baking.pdf({})) == Reason.BROKEN


def test_a_child_that_hangs_is_ended(monkeypatch, tmp_path):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("lms.confined.asking.CHILD", sleeper)
    monkeypatch.setattr("lms.confined.asking.SECONDS", 0.5)
    assert reason(baking.pdf({})) == Reason.BROKEN


def test_the_child_sees_nothing_of_our_environment(monkeypatch, tmp_path):
    teller = tmp_path / "teller.py"
    teller.write_text(
        "import base64, json, os; print('ok', json.dumps([base64.b64encode(json.dumps("
        "{'proof': sorted(os.environ)}).encode()).decode()]))"
    )
    monkeypatch.setenv("SECRET_KEY", "hidden")
    monkeypatch.setattr("lms.confined.asking.CHILD", teller)
    (text,) = extract(baking.pdf({})).texts
    assert "SECRET_KEY" not in text
