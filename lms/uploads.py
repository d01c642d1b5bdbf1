"""Documents that people upload: known by their content, never by their name; cleaned; named by us; sent as files only.

A PDF is written anew without its properties, scripts, actions and attachments; an image is encoded anew, which leaves
its EXIF and every other block of metadata behind. Nothing of the file's own name is used in storage.
"""

import hashlib
import io
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from lms.errors import Refusal

MOST_BYTES = 8 * 1024 * 1024
MOST_PAGES = 60
MOST_PIXELS = 40_000_000
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
ACCEPT = ".pdf,.jpg,.jpeg,.png"
ALLOWED = "A PDF, JPEG or PNG of at most 8 MB."

CHILD = Path(__file__).with_name("uploads_child.py")
SECONDS = 15
# What the child may say instead of giving a PDF back.
SENTENCES = {
    b"broken": "This PDF cannot be read. Save it anew and send it again.",
    b"locked": "This PDF is locked with a password. Save it without one.",
    b"too many pages": f"This PDF has more than {MOST_PAGES} pages. Send the pages that matter.",
}
# So many at once in one process; others wait a moment, and memory stays bounded.
_turn = threading.BoundedSemaphore(2)


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
    if content.startswith(b"%PDF-"):
        return CleanDocument(_clean_pdf(content), "application/pdf")
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _clean_image(content)
    raise UnusableDocument("This is neither a PDF nor a JPEG or PNG image. Save the document as one of these.")


def _clean_pdf(content: bytes) -> bytes:
    """Read and written anew by a child process, so that a bomb inside costs this process neither memory nor time."""
    try:
        with _turn:
            child = subprocess.run(  # noqa: S603 - our own program, the file goes in as bytes
                [sys.executable, "-I", str(CHILD), str(MOST_PAGES)],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                env={},
                check=True,
            )
    except (subprocess.SubprocessError, OSError):
        raise UnusableDocument(SENTENCES[b"broken"]) from None
    if not child.stdout.startswith(b"%PDF-"):
        raise UnusableDocument(SENTENCES.get(child.stdout, SENTENCES[b"broken"]))
    return child.stdout


def _clean_image(content: bytes) -> CleanDocument:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnusableDocument("This image is too large. Save it with at most 40 megapixels.")
            return _encoded_anew(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise UnusableDocument("This image cannot be read. Save it anew and send it again.") from None


def _encoded_anew(image: Image.Image) -> CleanDocument:
    """Turned as its EXIF says, then written pixel by pixel: no other block of the file comes along."""
    is_png = image.format == "PNG"
    turned = ImageOps.exif_transpose(image).convert("RGBA" if is_png and "A" in image.getbands() else "RGB")
    bare = Image.new(turned.mode, turned.size)
    bare.paste(turned)
    out = io.BytesIO()
    bare.save(out, "PNG" if is_png else "JPEG", **({} if is_png else {"quality": 88}))
    return CleanDocument(out.getvalue(), "image/png" if is_png else "image/jpeg")


def serve_document(file: FieldFile, *, content_type: str, name: str) -> FileResponse:
    """The document as a file to save: guarded by the caller, never shown as a page of our origin, kept by no cache."""
    filename = f"{name}.{EXTENSIONS[content_type]}"
    response = FileResponse(file.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
