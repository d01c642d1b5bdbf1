"""The attachments of a PDF, read by qpdf in a process of its own.

A PDF can hold bombs at every layer (cross references, object streams, attachments), and its reader is a large C++
program. So a child process reads it, with hard limits on memory, time and files, without our environment, and hands
back only the first bytes of a few attachments. Whatever happens to the child, the site goes on.
"""

import base64
import binascii
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from certificates.extraction.found import NothingFound, Reason, decoded

CHILD = Path(__file__).with_name("pdf_child.py")
SECONDS = 15
# So many at once in one process; others wait a moment, and memory stays bounded.
_turn = threading.BoundedSemaphore(2)


def read(content: bytes) -> Iterator[str]:
    answer = _ask_child(content)
    if "reason" in answer:
        raise NothingFound(Reason(answer["reason"]))
    for encoded in answer["attachments"]:
        text = decoded(base64.b64decode(encoded))
        if text is not None:
            yield text


def _ask_child(content: bytes) -> dict:
    with _turn:
        try:
            child = subprocess.run(  # noqa: S603 - our own program, the file goes in as bytes
                [sys.executable, "-I", str(CHILD)],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                env={},
                check=True,
            )
            answer = json.loads(child.stdout)
        except (subprocess.SubprocessError, OSError, ValueError, binascii.Error):
            raise NothingFound(Reason.BROKEN) from None
    return answer
