"""The child process of `uploads.py`: a PDF on stdin, the same pages without anything else on stdout.

A PDF can hold bombs at every layer, and its reader is a large C++ program: here it has hard limits of memory and time.
Instead of a PDF it may answer one of the words in `uploads.SENTENCES`. Imports nothing of ours.
"""

import contextlib
import io
import resource
import sys

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 5
MAX_UNPACKED = 32 * 1024 * 1024


def limit(kind: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit, or a lower one holds already
        resource.setrlimit(kind, (most, most))


def answer(content: bytes, most_pages: int) -> bytes:
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
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > most_pages:
                return b"too many pages"
            strip(pdf)
            pdf.remove_unreferenced_resources()
            pdf.save(out)
    except pikepdf.PasswordError:
        return b"locked"
    except Exception:  # whatever a hostile file provokes: it cannot be read
        return b"broken"
    return out.getvalue()


def strip(pdf) -> None:
    """Leave the pages; take away the properties, whatever acts by itself, and whatever is attached."""
    for key in ("/Metadata", "/OpenAction", "/AA", "/Names", "/AcroForm", "/AF", "/Collection"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for page in pdf.pages:
        for key in ("/AA", "/Annots", "/Metadata", "/AF"):
            if key in page.obj:
                del page.obj[key]


if __name__ == "__main__":
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, CPU_SECONDS)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), int(sys.argv[1])))
