"""Small documents as people upload them, with what must not be kept of them."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SECRET = "ZQ-AUTHOR-7"


def pdf_bytes(pages: int = 1) -> bytes:
    """A PDF with properties, a script that runs when it opens, and an attachment."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 200))
    pdf.docinfo["/Author"] = SECRET
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET]
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{SECRET}')")
    pdf.Root.OpenAction = script
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    pdf.attachments["secret.txt"] = SECRET.encode()
    out = io.BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def jpeg_bytes() -> bytes:
    """A photo that says who took it, and that it lies on its side."""
    image = Image.new("RGB", (40, 20), "teal")
    exif = Image.Exif()
    exif[0x013B] = SECRET
    exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=SECRET.encode())
    return out.getvalue()


def png_bytes() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", SECRET)
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 90, 90, 120)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def upload(content: bytes, name: str = "letter.pdf") -> SimpleUploadedFile:
    """As the browser sends it; what it says of its type is never looked at."""
    return SimpleUploadedFile(name, content, content_type="text/html")
