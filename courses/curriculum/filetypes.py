"""What a file is by its bytes, and whether that is what its name says. The kinds of files that editors may upload."""

import re
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype

VIDEO = frozenset({"video/mp4", "video/webm"})
AUDIO = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg"})
CAPTIONS = "text/vtt"
TEXT_TYPES = {".txt": "text/plain", ".csv": "text/csv", ".vtt": CAPTIONS}
_OFFICE = "application/vnd.openxmlformats-officedocument."
# For each ending: what the file is called, and what it may be by its bytes. Texts have no signature.
KINDS = {
    ".pdf": ("a PDF", {"application/pdf"}),
    ".docx": ("a Word document", {f"{_OFFICE}wordprocessingml.document", "application/zip"}),
    ".xlsx": ("an Excel workbook", {f"{_OFFICE}spreadsheetml.sheet", "application/zip"}),
    ".pptx": ("a PowerPoint file", {f"{_OFFICE}presentationml.presentation", "application/zip"}),
    ".mp4": ("an MP4 video", {"video/mp4"}),
    ".webm": ("a WebM video", {"video/webm"}),
    ".mp3": ("an MP3 recording", {"audio/mpeg"}),
    ".m4a": ("an M4A recording", {"audio/mp4"}),
    ".ogg": ("an Ogg recording", {"audio/ogg"}),
}
EXTENSIONS = sorted(ending.removeprefix(".") for ending in {**KINDS, **TEXT_TYPES})
MOST_BYTES = 20 * 1024 * 1024
MOST_MEDIA_BYTES = 200 * 1024 * 1024
_HEAD = 8192
_CODE = re.compile(rb"^\s*<(!doctype|html|svg|\?xml)|<script\b", re.IGNORECASE)


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, with its dot."""
    return PurePosixPath(name).suffix.lower()[:10]


def content_type_of(head: bytes, ending: str) -> str:
    """By the first bytes; by the ending only for plain text, which has no signature."""
    return filetype.guess_mime(head[:_HEAD]) or TEXT_TYPES.get(ending, "application/octet-stream")


def content_type_of_file(file: BinaryIO, name: str) -> str:
    file.seek(0)
    return content_type_of(file.read(_HEAD), ending_of(name))


def fault_of(file: BinaryIO, name: str) -> str:
    """Why a file is not what its name says, as a sentence; "" when it is."""
    ending = ending_of(name)
    if ending in TEXT_TYPES:
        file.seek(0)
        return _fault_of_text(file.read(MOST_BYTES), ending)
    called, types = KINDS.get(ending, ("", set()))
    if not called:
        return f"Files that end in “{ending or name}” are not taken. Use one of these: {', '.join(EXTENSIONS)}."
    if content_type_of_file(file, name) not in types:
        return f"This is not {called}, although its name ends in {ending}. Save it anew as {called} and upload that."
    return ""


def _fault_of_text(content: bytes, ending: str) -> str:
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in content or not _is_utf8(content):
        return f"This is not text, although its name ends in {ending}. Save it as text in UTF-8 and upload that."
    if _CODE.search(content):
        return "This file holds a web page or a drawing with code in it, not plain text."
    if ending == ".vtt" and not re.match(rb"WEBVTT(\s|$)", content):
        return "Captions begin with the line WEBVTT, and this file does not. Export them as WebVTT and upload that."
    return ""


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def fault_of_video(file: BinaryIO, name: str) -> str:
    return _fault_of_media(file, name, VIDEO, "This is no video. Choose an MP4 or WebM file.")


def fault_of_recording(file: BinaryIO, name: str) -> str:
    return _fault_of_media(file, name, AUDIO, "This is no recording. Choose an MP3, M4A or Ogg file.")


def _fault_of_media(file: BinaryIO, name: str, types: frozenset[str], sentence: str) -> str:
    if fault := fault_of(file, name):
        return fault
    return "" if content_type_of_file(file, name) in types else sentence


def fault_of_captions(file: BinaryIO, name: str) -> str:
    return fault_of(file, name) if ending_of(name) == ".vtt" else "These are no captions. Choose a WebVTT file (.vtt)."


def fault_of_size(size: int, name: str) -> str:
    """Recordings may be long; what is read may not."""
    is_media = KINDS.get(ending_of(name), ("", set()))[1] & (VIDEO | AUDIO)
    most = MOST_MEDIA_BYTES if is_media else MOST_BYTES
    return f"This file is larger than {most // 1024 // 1024} MB." if size > most else ""
