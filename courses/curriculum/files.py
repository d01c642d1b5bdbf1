"""Sending the files of an edition: guarded by the caller, whole or in ranges, never as a page of ours."""

import re

from django.core.files.base import File
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from courses.curriculum.filetypes import AUDIO, CAPTIONS, VIDEO
from courses.curriculum.models import Asset

_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
CHUNK = 64 * 1024
MOST_AT_ONCE = 2 * 1024 * 1024
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SHOWN_IN_PAGES = IMAGES | VIDEO | AUDIO | {CAPTIONS}


class OutOfRange(Exception):
    """The file has no byte at this place."""


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a `Range` header; None when there is none, or one that we answer with the whole file.

    Several ranges at once are answered with the whole file, as RFC 9110 allows. Raises `OutOfRange`.
    """
    match = _RANGE.match(header.strip())
    if not match or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        begin, end = max(size - int(last), 0), size - 1
        if int(last) == 0:
            raise OutOfRange
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < begin:
            return None
    if begin >= size:
        raise OutOfRange
    return begin, end


def serve_asset(request, asset: Asset) -> HttpResponse:
    """The file, inline only for images, sound, video and captions; anything else is for saving.

    A player asks for the rest of a film and then reads slowly, so a range is answered with its first two megabytes, as
    RFC 9110 allows: the player comes back for more, and no process is held meanwhile.
    """
    try:
        wanted = read_range(request.headers.get("Range", ""), asset.size)
    except OutOfRange:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{asset.size}"
        return _with_headers(response)
    opened = asset.file.open("rb")
    if wanted is None:
        response = FileResponse(opened, as_attachment=not _is_shown(asset), filename=asset.name)
    else:
        begin, end = wanted[0], min(wanted[1], wanted[0] + MOST_AT_ONCE - 1)
        response = StreamingHttpResponse(_part(opened, begin, end - begin + 1), status=206)
        response["Content-Range"] = f"bytes {begin}-{end}/{asset.size}"
        response["Content-Length"] = str(end - begin + 1)
        if not _is_shown(asset):
            response["Content-Disposition"] = "attachment"
    response["Content-Type"] = asset.content_type
    return _with_headers(response)


def _is_shown(asset: Asset) -> bool:
    return asset.content_type in SHOWN_IN_PAGES


def _with_headers(response: HttpResponse) -> HttpResponse:
    """A file is never a document of our origin, whatever it says it is; its content is its name, so it may be kept."""
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _part(opened: File, begin: int, length: int):
    with opened:
        opened.seek(begin)
        while length > 0:
            chunk = opened.read(min(CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
