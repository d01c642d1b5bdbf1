"""Files that carry credentials, made here by other libraries than those that read them, good ones and hostile ones."""

import io
import struct
import zlib

import pikepdf
from lxml import etree
from PIL import Image
from PIL.PngImagePlugin import PngInfo

OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = "openbadgecredential"


def png(*texts: str, keyword: str = KEYWORD, packed: bool = False) -> bytes:
    info = PngInfo()
    for text in texts:
        info.add_itxt(keyword, text, zip=packed)
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG", pnginfo=info)
    return file.getvalue()


def png_of_chunks(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks alone, with right check sums."""
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def svg(text: str) -> bytes:
    """As Open Badges 3.0 says: a token stands in the attribute `verify`, a document in CDATA."""
    root = etree.Element(
        "{http://www.w3.org/2000/svg}svg", nsmap={None: "http://www.w3.org/2000/svg", "openbadges": OPEN_BADGES}
    )
    element = etree.SubElement(root, f"{{{OPEN_BADGES}}}credential")
    if text.startswith("{"):
        element.text = etree.CDATA(text.replace(">", "\\u003e"))
    else:
        element.set("verify", text)
    etree.SubElement(root, "{http://www.w3.org/2000/svg}rect", width="8", height="8")
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def pdf(attachments: dict[str, bytes], **options) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in attachments.items():
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
    file = io.BytesIO()
    document.save(file, **options)
    return file.getvalue()


def pdf_of_many(count: int, content: bytes) -> bytes:
    """A PDF whose tree of names lists the same attachment under many names."""
    document = pikepdf.new()
    document.add_blank_page()
    one = document.make_indirect(pikepdf.AttachedFileSpec(document, content, filename="one").obj)
    names = [entry for number in range(count) for entry in (pikepdf.String(f"{number:06}"), one)]
    tree = pikepdf.Dictionary(Names=pikepdf.Array(names))
    document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def certificate_pdf(signed_json: str, signed_jwt: str, **options) -> bytes:
    return pdf({"credential.json": signed_json.encode(), "credential.jwt": signed_jwt.encode()}, **options)
