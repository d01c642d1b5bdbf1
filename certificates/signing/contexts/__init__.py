"""The JSON-LD contexts we sign with, bundled. Others are refused: a context fetched later could change its meaning."""

import json
from functools import cache
from pathlib import Path

from certificates.signing.errors import UnknownContext

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

FILES = {
    CREDENTIALS_V2: "credentials-v2.json",
    OPEN_BADGES: "ob-context-3.0.3.json",
    OPEN_BADGES_EXTENSIONS: "ob-extensions.json",
}


@cache
def read_context(url: str) -> dict:
    return json.loads((Path(__file__).parent / FILES[url]).read_text(encoding="utf-8"))


def load(url: str, options: dict | None = None) -> dict:
    """PyLD's document loader over the bundled files. Raises `UnknownContext` for any other address.

    The tag lets PyLD keep the processed context, which makes a proof take milliseconds instead of a tenth of a second.
    It is sound only because a bundled file never changes while the process runs.
    """
    if url not in FILES:
        raise UnknownContext(f"The context {url} is not one of the bundled ones.")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": read_context(url),
        "tag": "static",
    }
