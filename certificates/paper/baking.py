"""Open Badges baking: the signed credential inside the picture, as wallets and verifiers look for it.

After the Open Badges 3.0 specification, section "Baked Badges": a PNG's iTXt chunk, an SVG's first child.
"""

import io

from lxml import etree
from PIL import Image
from PIL.PngImagePlugin import PngInfo

KEYWORD = "openbadgecredential"
SVG = "http://www.w3.org/2000/svg"
BADGE = "https://purl.imsglobal.org/ob/v3p0"
# Our own drawings only, but a parser that reads entities is never right.
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)


def bake_png(picture: bytes, credential: str) -> bytes:
    """The picture with the credential in an uncompressed iTXt chunk; an earlier one is dropped with all other text."""
    chunks = PngInfo()
    chunks.add_itxt(KEYWORD, credential, zip=False)
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def bake_svg(picture: bytes, credential: str, *, title: str) -> bytes:
    """The picture with the credential as CDATA in its first element, and a title that is read aloud.

    `]]>` would end the CDATA; inside JSON the sign ">" may be written as an escape without changing what it says.
    """
    root = etree.fromstring(picture, PARSER)
    for earlier in (*root.findall(f"{{{BADGE}}}credential"), *root.findall(f"{{{SVG}}}title")):
        root.remove(earlier)
    svg = etree.Element(root.tag, root.attrib, nsmap={**root.nsmap, "openbadges": BADGE})
    baked = etree.SubElement(svg, f"{{{BADGE}}}credential")
    baked.text = etree.CDATA(credential.replace("]]>", "]]\\u003e"))
    etree.SubElement(svg, f"{{{SVG}}}title").text = title
    svg.extend(list(root))
    svg.set("role", "img")
    return etree.tostring(svg, encoding="utf-8", xml_declaration=True)
