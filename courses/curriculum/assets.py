"""Copies of files that an edition shows, each kept once under the SHA-256 of its bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.files.base import File
from wagtail.images.models import SourceImageIOError

from courses.curriculum.filetypes import content_type_of_file, ending_of, fault_of
from courses.curriculum.models import Asset

RENDITION = "max-1400x1400"


class MissingFile(Exception):
    """The file behind an image or a document is gone."""


class UnfitFile(Exception):
    """The file is there, but not what it should be; the message is a sentence for the editor."""


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
        with rendition.file.open("rb") as opened:
            asset = _keep(opened, PurePosixPath(rendition.file.name).name)
    except (SourceImageIOError, OSError):
        raise MissingFile from None
    return Picture(asset, rendition.width, rendition.height)


def keep_document(document, fault: Callable[[BinaryIO, str], str] = fault_of) -> Asset:
    """Copy a document whole. Raises `MissingFile`, and `UnfitFile` when `fault` finds it not to be what it should be."""
    try:
        with document.file.open("rb") as opened:
            if sentence := fault(opened, document.filename):
                raise UnfitFile(sentence)
            return _keep(opened, document.filename)
    except OSError:
        raise MissingFile from None


def _keep(opened: File, name: str) -> Asset:
    """The asset with this content, stored if it is new. The name of the first copy stays."""
    digest = _digest(opened)
    kept = Asset.objects.filter(sha256=digest).first()
    if kept:
        return kept
    ending = ending_of(name)
    return Asset.objects.create(
        sha256=digest,
        file=File(opened, name=f"{digest}{ending}"),
        name=name[-255:],
        content_type=content_type_of_file(opened, name),
        size=opened.size,
    )


def _digest(opened: File) -> str:
    """Piece by piece, for a recording may be larger than what should be held in memory."""
    digest = hashlib.sha256()
    for piece in opened.chunks():
        digest.update(piece)
    return digest.hexdigest()
