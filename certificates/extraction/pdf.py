"""The attachments of a PDF, read in a child process (`lms.confined`): only the first bytes of a few of them come back."""

import base64
import json
from collections.abc import Iterator

from certificates.extraction.found import NothingFound, Reason, decoded
from certificates.signing.check import MAX_CREDENTIAL
from lms.confined.asking import NoAnswer, Why, ask

MAX_ATTACHMENTS = 20
REASONS = {Why.LOCKED: Reason.LOCKED, Why.TOO_MANY: Reason.TOO_MANY}


def read(content: bytes) -> Iterator[str]:
    try:
        answer = ask("attachments", content, MAX_ATTACHMENTS, MAX_CREDENTIAL)
    except NoAnswer as nothing:
        raise NothingFound(REASONS.get(nothing.why, Reason.BROKEN)) from None
    for encoded in json.loads(answer):
        text = decoded(base64.b64decode(encoded))
        if text is not None:
            yield text
