"""Copies of files that an edition shows, each kept once under the SHA-256 of its bytes."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.core.files.base import ContentFile
from wagtail.images.models import SourceImageIOError

from courses.curriculum.models import Asset

RENDITION = "max-1400x1400"
TEXT_TYPES = {".txt": "text/plain", ".csv": "text/csv", ".vtt": "text/vtt"}


class MissingFile(Exception):
    """The file behind an image or a document is gone."""


@dataclass(frozen=True)
class Picture:
    """The copy of an image's rendition and its size in pixels."""

    asset: Asset
    width: int
    height: int


def keep_image(image) -> Picture:
    """Copy what readers see of an image. Raises `MissingFile`."""
    try:
        rendition = image.get_rendition(RENDITION)
    except (SourceImageIOError, OSError):
        raise MissingFile from None
    return Picture(
        _keep(_bytes_of(rendition.file), PurePosixPath(rendition.file.name).name), rendition.width, rendition.height
    )


def keep_document(document) -> Asset:
    """Copy a document whole. Raises `MissingFile`."""
    return _keep(_bytes_of(document.file), document.filename)


def _bytes_of(file) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read()
    except OSError:
        raise MissingFile from None


def _keep(content: bytes, name: str) -> Asset:
    """The asset with this content, stored if it is new. The name of the first copy stays."""
    digest = hashlib.sha256(content).hexdigest()
    kept = Asset.objects.filter(sha256=digest).first()
    if kept:
        return kept
    ending = PurePosixPath(name).suffix.lower()[:10]
    return Asset.objects.create(
        sha256=digest,
        file=ContentFile(content, name=f"{digest}{ending}"),
        name=name[-255:],
        content_type=content_type_of(content, ending),
        size=len(content),
    )


def content_type_of(content: bytes, ending: str) -> str:
    """By the bytes; by the ending only for plain text, which has no signature."""
    return filetype.guess_mime(content) or TEXT_TYPES.get(ending, "application/octet-stream")
