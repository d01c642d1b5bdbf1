"""The child process: a file on stdin, `ok` and the answer on stdout, or `no` and why. Imports nothing of ours.

Its arguments are the name of a task and the whole numbers which that task takes.
"""

import base64
import contextlib
import io
import json
import resource
import sys
from collections.abc import Callable

MEMORY = 768 * 1024 * 1024
MAX_UNPACKED = 32 * 1024 * 1024


class Unreadable(Exception):
    """Why there is no answer: one of the words in `asking.Why`."""


def limit(kind: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit, or a lower one holds already
        resource.setrlimit(kind, (most, most))


# PDF ------------------------------------------------------------------------------------------------------------------


def open_pdf(content: bytes):
    import pikepdf  # late: after the limits

    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=200,
        parser_max_nesting=100,
        parser_max_container_size=200_000,
        max_stream_filters=4,
        flate_max_memory=MAX_UNPACKED,
        png_max_memory=MAX_UNPACKED,
        run_length_max_memory=MAX_UNPACKED,
        tiff_max_memory=MAX_UNPACKED,
        dct_max_memory=MAX_UNPACKED,
    )
    try:
        return pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Unreadable("locked") from None


def clean_pdf(content: bytes, most_pages: int) -> bytes:
    """The same pages without the properties, whatever acts by itself, and whatever is attached."""
    out = io.BytesIO()
    with open_pdf(content) as pdf:
        if len(pdf.pages) > most_pages:
            raise Unreadable("too many")
        for key in ("/Metadata", "/OpenAction", "/AA", "/Names", "/AcroForm", "/AF", "/Collection"):
            if key in pdf.Root:
                del pdf.Root[key]
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for page in pdf.pages:
            for key in ("/AA", "/Annots", "/Metadata", "/AF"):
                if key in page.obj:
                    del page.obj[key]
        pdf.remove_unreferenced_resources()
        pdf.save(out)
    return out.getvalue()


def attachments(content: bytes, most: int, most_bytes: int) -> bytes:
    """A JSON list of the attached files in base64, those left out that are larger."""
    found = []
    with open_pdf(content) as pdf:
        for position, name in enumerate(pdf.attachments):
            if position == most:
                raise Unreadable("too many")
            data = pdf.attachments[name].get_file().read_bytes()
            if len(data) <= most_bytes:
                found.append(base64.b64encode(data).decode())
    return json.dumps(found).encode()


# Pictures -------------------------------------------------------------------------------------------------------------


def clean_image(content: bytes, most_pixels: int) -> bytes:
    """Turned as its EXIF says, then written pixel by pixel: no other block of the file comes along."""
    from PIL import Image, ImageOps  # late: after the limits

    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        if image.width * image.height > most_pixels:
            raise Unreadable("too large")
        is_png = image.format == "PNG"
        turned = ImageOps.exif_transpose(image).convert("RGBA" if is_png and "A" in image.getbands() else "RGB")
    bare = Image.new(turned.mode, turned.size)
    bare.paste(turned)
    out = io.BytesIO()
    bare.save(out, "PNG" if is_png else "JPEG", **({} if is_png else {"quality": 88}))
    return out.getvalue()


# Packages -------------------------------------------------------------------------------------------------------------


class Refused(Exception):
    """What is wrong with a package, in a word, and with which of its files."""


def unpack(content: bytes, most_files: int, most_each: int, most_bytes: int, highest_ratio: int) -> bytes:
    """As JSON: the XML files of a zip by name, in base64; or `why` it is refused and the `name` of the file.

    What the package says of its files is checked first, and what comes out of them again while it comes out. Its other files
    are named without their bytes.
    """
    import zipfile  # late: after the limits

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            check_package(infos, most_files, most_each, most_bytes, highest_ratio)
            files = {info.filename: inflate(package, info) if is_xml(info) else b"" for info in infos}
    except Refused as refused:
        why, name = refused.args
        return json.dumps({"why": why, "name": name[:120]}).encode()
    return json.dumps({"files": {name: base64.b64encode(data).decode() for name, data in files.items()}}).encode()


def is_xml(info) -> bool:
    return info.filename.lower().endswith((".xml", ".qti"))


def check_package(infos: list, most_files: int, most_each: int, most_bytes: int, highest_ratio: int) -> None:
    if len(infos) > most_files:
        raise Refused("many", "")
    for info in infos:
        steps = info.filename.replace("\\", "/").split("/")
        if ".." in steps or "" in steps[:-1] or ":" in steps[0]:
            raise Refused("outside", info.filename)
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refused("link", info.filename)
        if info.flag_bits & 0x1:
            raise Refused("locked", info.filename)
        if is_xml(info) and info.file_size > most_each:
            raise Refused("each", info.filename)
        if info.file_size > 100_000 and info.file_size > highest_ratio * max(info.compress_size, 1):
            raise Refused("ratio", info.filename)
    names = [info.filename.casefold() for info in infos]
    if len(set(names)) < len(names):
        raise Refused("twice", next(name for name in names if names.count(name) > 1))
    if sum(info.file_size for info in infos if is_xml(info)) > most_bytes:
        raise Refused("large", "")


def inflate(package, info) -> bytes:
    """Never more than the package says of the file, which was checked; a file that holds more is refused."""
    try:
        with package.open(info) as packed:
            data = packed.read(info.file_size + 1)
    except Exception:  # zlib, zipfile and struct each raise their own
        raise Refused("broken", info.filename) from None
    if len(data) != info.file_size:
        raise Refused("broken", info.filename)
    return data


# The program ----------------------------------------------------------------------------------------------------------

# With the seconds of processor time that each may take: large pictures are honest work.
TASKS: dict[str, tuple[Callable[..., bytes], int]] = {
    "clean_pdf": (clean_pdf, 5),
    "attachments": (attachments, 5),
    "clean_image": (clean_image, 15),
    "unpack": (unpack, 5),
}


def answer(task: Callable[..., bytes], content: bytes, numbers: list[int]) -> bytes:
    try:
        return b"ok" + task(content, *numbers)
    except Unreadable as why:
        return b"no" + str(why).encode()
    except Exception:  # whatever a hostile file provokes: it cannot be read
        return b"nobroken"


if __name__ == "__main__":
    task, cpu_seconds = TASKS[sys.argv[1]]
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, cpu_seconds)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    sys.stdout.buffer.write(answer(task, sys.stdin.buffer.read(), [int(word) for word in sys.argv[2:]]))
