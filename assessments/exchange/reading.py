"""Opening the bytes of a file: as text, as XML, as a package. Every refusal names the place, and everything is bounded."""

import base64
import json
import re
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from assessments.exchange.portable import MOST_BYTES, MOST_QUESTIONS, UnusableFile
from lms.confined.asking import NoAnswer, ask

DEEPEST = 60
MOST_ELEMENTS = 300_000
MOST_FILES = 2 * MOST_QUESTIONS + 50
MOST_UNPACKED = 10 * 1024 * 1024
MOST_UNPACKED_EACH = 4 * 1024 * 1024
HIGHEST_RATIO = 200
MEGABYTE = 1024 * 1024
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")  # readers use some of them as signs of their own


def check_size(content: bytes) -> None:
    if not content.strip():
        raise UnusableFile("This file is empty.")
    if len(content) > MOST_BYTES:
        raise UnusableFile(f"This file is larger than {MOST_BYTES // MEGABYTE} MB. Split it into smaller ones.")


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8, with "\\n" at the end of each line. Raises `UnusableFile`."""
    check_size(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnusableFile(f"Line {line} is not UTF-8 text. Save the file as UTF-8 and send it again.") from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnusableFile(f"Line {line} holds a null byte: this is no file of text.")
    return _NONCHARACTERS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


# XML ------------------------------------------------------------------------------------------------------------------


class HostileFile(UnusableFile):
    """Not a mistake: nobody who writes questions writes this."""

    code = "hostile_file"


class _TooMuch(Exception):
    """Its message is the sentence."""


class _Bounded(TreeBuilder):
    """A tree of at most so many elements and so deep; `lines` says where each child of the root begins."""

    def __init__(self):
        super().__init__()
        self.depth = self.count = 0
        self.lines: list[int] = []
        self.expat = None

    def start(self, tag, attrs):
        if self.depth == 1:
            self.lines.append(self.expat.CurrentLineNumber)
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST:
            raise _TooMuch(f"its elements are nested more than {DEEPEST} deep")
        if self.count > MOST_ELEMENTS:
            raise _TooMuch(f"it has more than {MOST_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def xml_of(content: bytes, *, name: str = "This file") -> tuple[Element, list[int]]:
    """The root of an XML document and the lines of its children. No entities, no DTD, nothing outside it.

    Raises `UnusableFile`.
    """
    check_size(content)
    tree = _Bounded()
    parser = DefusedXMLParser(target=tree, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    tree.expat = parser.parser
    try:
        parser.feed(content)
        return parser.close(), tree.lines
    except DefusedXmlException:
        raise HostileFile(
            f"{name} declares entities or a document type, which are not read. Delete its DOCTYPE and send it again."
        ) from None
    except ParseError as error:
        line, column = error.position
        raise UnusableFile(f"{name} is not well-formed XML: line {line}, column {column + 1}.") from None
    except _TooMuch as why:
        raise HostileFile(f"{name} cannot be read: {why}.") from None
    except (ValueError, LookupError):
        raise UnusableFile(f"{name} says that it is in an encoding that is not read. Save it as UTF-8.") from None


# Packages -------------------------------------------------------------------------------------------------------------

WHY = {
    "many": f"The package has more than {MOST_FILES} files.",
    "large": f"The package unpacks to more than {MOST_UNPACKED // MEGABYTE} MB.",
    "outside": "The package has a file whose path leads out of it: {name}.",
    "link": "The package has a link instead of a file: {name}.",
    "ratio": f"{{name}} in the package is packed more than {HIGHEST_RATIO} times, as only a bomb is.",
    "each": f"{{name}} in the package is larger than {MOST_UNPACKED_EACH // MEGABYTE} MB.",
    "locked": "{name} in the package is locked with a password.",
    "twice": "The package has two files of the name {name}.",
    "broken": "{name} in the package cannot be unpacked. Pack it anew and send it again.",
}


def package_of(content: bytes) -> dict[str, bytes]:
    """The XML files of a zip by their names, which are never used as paths. Raises `UnusableFile`.

    A child process unpacks them, with limits of memory and time.
    """
    check_size(content)
    if not content.startswith(b"PK"):
        raise UnusableFile("This is no package: a package is a zip file with an imsmanifest.xml in it.")
    try:
        said = ask("unpack", content, MOST_FILES, MOST_UNPACKED_EACH, MOST_UNPACKED, HIGHEST_RATIO)
    except NoAnswer:
        raise UnusableFile("This package cannot be unpacked. Pack it anew and send it again.") from None
    answer = json.loads(said)
    if "why" in answer:
        raise UnusableFile(WHY[answer["why"]].format(name=answer["name"]))
    return {name: base64.b64decode(packed) for name, packed in answer["files"].items()}
