"""Documents that people upload: known by their content, never by their name; cleaned; named by us; sent as files only.

A PDF is written anew without its properties, scripts, actions and attachments; an image is encoded anew, which leaves
its EXIF and every other block of metadata behind; both in a child process (`lms.confined`). Nothing of the file's own
name is used in storage.
"""

import hashlib
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from lms.confined.asking import NoAnswer, Why, ask
from lms.errors import Refusal

MOST_BYTES = 8 * 1024 * 1024
MOST_PAGES = 60
MOST_PIXELS = 40_000_000
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
ACCEPT = ".pdf,.jpg,.jpeg,.png"
ALLOWED = "A PDF, JPEG or PNG of at most 8 MB."

UNREADABLE_PDF = {
    Why.BROKEN: "This PDF cannot be read. Save it anew and send it again.",
    Why.LOCKED: "This PDF is locked with a password. Save it without one.",
    Why.TOO_MANY: f"This PDF has more than {MOST_PAGES} pages. Send the pages that matter.",
}
UNREADABLE_IMAGE = {
    Why.BROKEN: "This image cannot be read. Save it anew and send it again.",
    Why.TOO_LARGE: "This image is too large. Save it with at most 40 megapixels.",
}
PDF, JPEG, PNG = b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


class UnusableDocument(Refusal):
    """What was uploaded is not a document that we keep; the sentence says what to do."""

    code = "unusable_document"


@dataclass(frozen=True)
class CleanDocument:
    """A document as it is kept: its own bytes, what they are, and their hash."""

    content: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def file(self) -> ContentFile:
        """The bytes under a random name of ours."""
        return ContentFile(self.content, name=f"{uuid.uuid4().hex}.{EXTENSIONS[self.content_type]}")


def clean_document(upload) -> CleanDocument:
    """Read an uploaded file and give back what may be kept of it. Raises `UnusableDocument`."""
    if upload.size > MOST_BYTES:
        raise UnusableDocument("This file is larger than 8 MB. Scan it again at a lower resolution.")
    content = upload.read()
    if content.startswith(PDF):
        cleaned = _cleaned("clean_pdf", content, MOST_PAGES, sentences=UNREADABLE_PDF)
        return CleanDocument(cleaned, "application/pdf")
    if content.startswith((JPEG, PNG)):
        cleaned = _cleaned("clean_image", content, MOST_PIXELS, sentences=UNREADABLE_IMAGE)
        return CleanDocument(cleaned, "image/png" if content.startswith(PNG) else "image/jpeg")
    raise UnusableDocument("This is neither a PDF nor a JPEG or PNG image. Save the document as one of these.")


def _cleaned(task: str, content: bytes, most: int, *, sentences: dict[Why, str]) -> bytes:
    try:
        return ask(task, content, most)
    except NoAnswer as answer:
        raise UnusableDocument(sentences.get(answer.why, sentences[Why.BROKEN])) from None


def serve_document(file: FieldFile, *, content_type: str, name: str) -> FileResponse:
    """The document as a file to save: guarded by the caller, never shown as a page of our origin, kept by no cache."""
    filename = f"{name}.{EXTENSIONS[content_type]}"
    response = FileResponse(file.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
