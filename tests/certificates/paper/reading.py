"""Reading papers and badges as a stranger's tools do, none of which drew them."""

import base64
import io
import unicodedata

import page
import pikepdf
import pypdfium2
import zxingcpp
from lxml import etree
from PIL import Image


def faults_of(pdf: bytes) -> list[tuple[str, str]]:
    """What a PDF/UA-1 validator complains of."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.rules.total > 100
    return [(failure.rule_id, failure.message) for failure in report.failures]


def text_of(pdf: bytes) -> str:
    """All text of all pages in reading order, on one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        # pdfium marks a hyphen at the end of a line as one that may have been put there; we never hyphenate
        pages = [sheet.get_textpage().get_text_range().replace("\ufffe", "-") for sheet in document]
    return unicodedata.normalize("NFC", " ".join(" ".join(pages).split()))


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """In millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [tuple(round(side / 72 * 25.4) for side in sheet.get_size()) for sheet in document]


def codes_on(pdf: bytes) -> list[str]:
    """What a telephone reads from the first page as it is printed."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=150 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def attachments_of(pdf: bytes) -> dict[str, tuple[bytes, str, str]]:
    """By name: bytes, mime type, description."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            name: (file.get_file().read_bytes(), file.get_file().mime_type, file.description)
            for name, file in document.attachments.items()
        }


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """By name without its subset tag: whether the font's own file lies in the PDF."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                name = str(thing.FontName).lstrip("/").split("+", 1)[-1]
                found[name] = any(f"/FontFile{kind}" in thing for kind in ("", "2", "3"))
    return found


def baked_into_png(picture: bytes) -> list[str]:
    """Every credential chunk of the file, read chunk by chunk."""
    found, at = [], 8
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4])
        name, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if name == b"iTXt" and body.startswith(b"openbadgecredential\0"):
            is_compressed, _, rest = body[20], body[21], body[22:]
            assert is_compressed == 0
            found.append(rest.split(b"\0", 2)[2].decode())
        at += 12 + length
    return found


def baked_into_svg(picture: bytes) -> str:
    """The first child's text; the namespace must stand on the root, and the text in one CDATA section."""
    root = etree.fromstring(picture, etree.XMLParser(strip_cdata=False))
    assert root.nsmap["openbadges"] == "https://purl.imsglobal.org/ob/v3p0"
    assert root[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert picture.count(b"<![CDATA[") == 1
    return root[0].text


def ink_on(picture: bytes) -> float:
    """The share of a picture that is not white or see-through."""
    with Image.open(io.BytesIO(picture)) as image:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.convert("RGBA").getchannel("A"))
    dark = sum(flat.convert("L").histogram()[:250])
    return dark / (flat.width * flat.height)


def claims_of(token: str) -> bytes:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
