"""What is kept of an uploaded document, and what is never."""

import contextlib
import io
import time
import zlib

import pikepdf
import pytest
from PIL import Image

from lms.uploads import MOST_BYTES, UnusableDocument, clean_document
from tests.documents import SECRET, jpeg_bytes, pdf_bytes, png_bytes, upload


def test_a_pdf_is_kept_without_properties_scripts_and_attachments():
    content = pdf_bytes(pages=2)
    assert SECRET.encode() in content
    kept = clean_document(upload(content))
    assert kept.content_type == "application/pdf"
    assert SECRET.encode() not in kept.content
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        assert len(pdf.pages) == 2
        assert not set(pdf.Root.keys()) & {"/Metadata", "/OpenAction", "/Names", "/AcroForm"}
        assert "/AA" not in pdf.pages[0].obj
        assert dict(pdf.attachments) == {}
        assert dict(pdf.docinfo) == {}


@pytest.mark.parametrize(("content", "kind"), [(jpeg_bytes(), "image/jpeg"), (png_bytes(), "image/png")])
def test_an_image_is_kept_without_metadata(content, kind):
    assert SECRET.encode() in content
    kept = clean_document(upload(content, "photo.gif"))
    assert kept.content_type == kind
    assert SECRET.encode() not in kept.content
    with Image.open(io.BytesIO(kept.content)) as image:
        assert dict(image.getexif()) == {}
        assert not set(image.info) & {"exif", "comment", "Author", "icc_profile", "xmp"}


def test_a_photo_that_lies_on_its_side_is_turned():
    with Image.open(io.BytesIO(clean_document(upload(jpeg_bytes())).content)) as image:
        assert image.size == (20, 40)


def test_the_name_in_storage_is_ours():
    first, second = (clean_document(upload(pdf_bytes(), "../../Jane Client.pdf")).file.name for _ in range(2))
    assert first != second
    assert first.endswith(".pdf")
    assert len(first) == 36
    assert "Jane" not in first


REFUSED = {
    "a page that calls itself a PDF": (b"<html>%PDF-1.7", "neither a PDF nor"),
    "a script in an image's clothes": (b"GIF89a<script>", "neither a PDF nor"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PDF nor"),
    "half a PDF": (b"%PDF-1.7\n1 0 obj\n<<", "cannot be read"),
    "half a PNG": (png_bytes()[:40], "cannot be read"),
    "half a JPEG": (jpeg_bytes()[:200], "cannot be read"),
    "too many pages": (pdf_bytes(pages=61), "more than 60 pages"),
    "too many bytes": (b"%PDF-" + b"0" * MOST_BYTES, "larger than 8 MB"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_with_what_to_do(what):
    content, sentence = REFUSED[what]
    with pytest.raises(UnusableDocument, match=sentence):
        clean_document(upload(content))


def test_a_locked_pdf_is_refused():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_bytes())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="word", owner="word"))
    with pytest.raises(UnusableDocument, match="locked with a password"):
        clean_document(upload(out.getvalue()))


def bomb(megabytes: int) -> bytes:
    """A page whose drawing unpacks to so many megabytes of strokes: a thousandth of that on the way."""
    strokes = zlib.compress(b"0 0 m\n" * (megabytes * 1024 * 1024 // 6), 9)
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"")
    pdf.pages[0].Contents.write(strokes, filter=pikepdf.Name.FlateDecode)
    pdf.save(out)
    return out.getvalue()


def test_a_pdf_that_unpacks_to_a_hundred_megabytes_costs_this_process_nothing():
    content = bomb(100)
    assert len(content) < 200_000
    own = time.process_time()
    with contextlib.suppress(UnusableDocument):
        clean_document(upload(content))
    assert time.process_time() - own < 5  # reading it here takes a core for a quarter of a minute


@pytest.mark.parametrize("content", [pdf_bytes(), png_bytes(), jpeg_bytes()])
def test_a_child_that_takes_too_long_is_ended(monkeypatch, content):
    monkeypatch.setattr("lms.confined.asking.SECONDS", 0.01)
    with pytest.raises(UnusableDocument, match="cannot be read"):
        clean_document(upload(content))


def blank(side: int) -> bytes:
    """A white square: some kilobytes of file for many megabytes of picture."""
    out = io.BytesIO()
    Image.new("L", (side, side), 255).save(out, "PNG", compress_level=9)
    return out.getvalue()


def test_the_largest_picture_is_cleaned_without_costing_this_process_anything():
    content = blank(6300)
    own = time.process_time()
    assert clean_document(upload(content)).content_type == "image/png"
    assert time.process_time() - own < 0.5


def test_a_picture_with_more_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(UnusableDocument, match="too large"):
        clean_document(upload(blank(6400)))
