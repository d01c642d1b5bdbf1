"""The credential element of an SVG, as Open Badges 3.0 bakes it: a token in the attribute `verify`, or JSON as its text.

A document type, an entity or an outside reference makes the file unreadable before anything is expanded.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

from certificates.extraction.found import NothingFound, Reason

SVG = "{http://www.w3.org/2000/svg}svg"
CREDENTIALS = ("{https://purl.imsglobal.org/ob/v3p0}credential", "{https://purl.imsglobal.org/ob/v3p0/}credential")


def read(content: bytes) -> Iterator[str]:
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # the last two: an encoding it does not know
        raise NothingFound(Reason.BROKEN) from None
    if root.tag != SVG:
        raise NothingFound(Reason.OTHER_KIND)
    for name in CREDENTIALS:
        for element in root.iter(name):
            yield from filter(None, (element.get("verify", "").strip(), (element.text or "").strip()))
