"""A file is what its bytes say, and is taken when that is what its name says."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents.models import Document

from courses.curriculum import filetypes
from courses.curriculum.filetypes import (
    EXTENSIONS,
    content_type_of,
    fault_of,
    fault_of_captions,
    fault_of_recording,
    fault_of_size,
    fault_of_video,
)
from tests.courses.curriculum.media import HTML, M4A, MKV, MOV, MP3, MP4, OGG, PDF, SVG, VTT, WEBM


def _fault(check, content: bytes, name: str) -> str:
    return check(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "agreement.pdf"),
        (PDF, "AGREEMENT.PDF"),
        (b"PK\x03\x04" + b"\x00" * 60, "agreement.docx"),
        (b"PK\x03\x04" + b"\x00" * 60, "hours.xlsx"),
        (b"PK\x03\x04" + b"\x00" * 60, "slides.pptx"),
        (b"a,b\n1,<2\n", "hours.csv"),
        ("Grüße".encode(), "notes.txt"),
        (b"\xef\xbb\xbf" + VTT, "film.vtt"),
        (MP4, "film.mp4"),
        (WEBM, "film.webm"),
        (MP3, "sound.mp3"),
        (M4A, "sound.m4a"),
        (OGG, "sound.ogg"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(content, name):
    assert _fault(fault_of, content, name) == ""


NOT_TEXT = "This is not text, although its name ends in {}. Save it as text in UTF-8 and upload that."
NO_CAPTIONS = "Captions begin with the line WEBVTT, and this file does not. Export them as WebVTT and upload that."
CODE = "This file holds a web page or a drawing with code in it, not plain text."


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (HTML, "a.pdf", "This is not a PDF, although its name ends in .pdf. Save it anew as a PDF and upload that."),
        (SVG, "a.mp4", "This is not an MP4 video, although its name ends in .mp4. Save it anew as an MP4 video and upload that."),
        (MKV, "a.webm", "This is not a WebM video, although its name ends in .webm. Save it anew as a WebM video and upload that."),
        (MOV, "a.mp4", "This is not an MP4 video, although its name ends in .mp4. Save it anew as an MP4 video and upload that."),
        (b"", "a.mp3", "This is not an MP3 recording, although its name ends in .mp3. Save it anew as an MP3 recording and upload that."),
        (PDF, "a.docx", "This is not a Word document, although its name ends in .docx. Save it anew as a Word document and upload that."),
        (HTML, "a.txt", CODE),
        (SVG, "a.csv", CODE),
        (b'<?xml version="1.0"?><svg onload="x()"/>', "a.txt", CODE),
        (VTT + b"<script>alert(1)</script>", "a.vtt", CODE),
        (b"\x00\x01", "a.txt", NOT_TEXT.format(".txt")),
        (b"\xff\xfe\xfa", "a.vtt", NOT_TEXT.format(".vtt")),
        (b"1\n00:00 --> 00:02\nNear.", "a.vtt", NO_CAPTIONS),
        (b"WEBVTTX\n", "a.vtt", NO_CAPTIONS),
        (SVG, "a.svg", f"Files that end in “.svg” are not taken. Use one of these: {', '.join(EXTENSIONS)}."),
        (HTML, "html", f"Files that end in “html” are not taken. Use one of these: {', '.join(EXTENSIONS)}."),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 9 else "",
)  # fmt: skip
def test_a_file_that_is_something_else_is_refused_with_a_sentence(content, name, sentence):
    assert _fault(fault_of, content, name) == sentence


def test_a_video_is_no_recording_and_captions_are_neither():
    assert _fault(fault_of_video, WEBM, "a.webm") == _fault(fault_of_recording, OGG, "a.ogg") == ""
    assert _fault(fault_of_captions, VTT, "a.vtt") == ""
    assert _fault(fault_of_video, MP3, "a.mp3") == "This is no video. Choose an MP4 or WebM file."
    assert _fault(fault_of_recording, MP4, "a.mp4") == "This is no recording. Choose an MP3, M4A or Ogg file."
    assert _fault(fault_of_captions, VTT, "a.txt") == "These are no captions. Choose a WebVTT file (.vtt)."
    assert "although its name ends in .mp4" in _fault(fault_of_video, MP3, "a.mp4")


def test_only_what_is_heard_or_seen_may_be_longer_than_a_document():
    at_most = [
        fault_of_size(size * 1024 * 1024, name) for size, name in [(20, "a.pdf"), (200, "a.mp4"), (200, "a.mp3")]
    ]
    assert at_most == ["", "", ""]
    assert fault_of_size(20 * 1024 * 1024 + 1, "a.vtt") == "This file is larger than 20 MB."
    assert fault_of_size(200 * 1024 * 1024 + 1, "a.webm") == "This file is larger than 200 MB."


def test_the_cms_takes_the_endings_that_are_known_here():
    assert settings.WAGTAILDOCS_EXTENSIONS == EXTENSIONS
    assert settings.WAGTAILDOCS_MAX_UPLOAD_SIZE == filetypes.MOST_MEDIA_BYTES


def test_text_has_no_signature_and_is_known_by_its_ending():
    assert [content_type_of(VTT, ending) for ending in (".vtt", ".txt", ".exe")] == [
        "text/vtt",
        "text/plain",
        "application/octet-stream",
    ]


# At upload in the CMS ------------------------------------------------------------------------------------------------


def _upload(client, content: bytes, name: str, *, address="/cms/documents/multiple/add/") -> str:
    file = SimpleUploadedFile(name, content)
    fields = {"files[]": file} if "multiple" in address else {"document-chooser-upload-file": file}
    extra = {
        "title": name,
        "document-chooser-upload-title": name,
        "collection": 1,
        "document-chooser-upload-collection": 1,
    }
    answer = client.post(address, extra | fields, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 200
    return answer.content.decode()


WAYS = ["/cms/documents/multiple/add/", "/cms/documents/chooser/create/"]


@pytest.mark.parametrize("address", WAYS, ids=["many at once", "in the chooser"])
@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (SVG, "drawing.svg", "not allowed"),
        (HTML, "page.html", "not allowed"),
        (SVG, "drawing.pdf", "This is not a PDF, although its name ends in .pdf."),
        (HTML, "page.mp4", "This is not an MP4 video, although its name ends in .mp4."),
        (HTML, "page.txt", "This file holds a web page or a drawing with code in it"),
        (b"0", "film.vtt", "Captions begin with the line WEBVTT"),
        (b" " * (20 * 1024 * 1024 + 1), "notes.txt", "This file is larger than 20 MB."),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-5:] else "",
)
def test_a_wrong_file_is_refused_at_upload_and_nothing_is_kept(cast, address, content, name, words):
    assert words in _upload(cast.client("director"), content, name, address=address)
    assert not Document.objects.exists()


@pytest.mark.parametrize("address", WAYS, ids=["many at once", "in the chooser"])
def test_a_film_and_its_captions_are_taken_whole(cast, address):
    for content, name in [(WEBM, "film.webm"), (VTT, "film.vtt")]:
        _upload(cast.client("director"), content, name, address=address)
        document = Document.objects.get(title=name)
        with document.file.open("rb") as kept:
            assert kept.read() == content
