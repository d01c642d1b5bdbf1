"""The child process of `pdf.py`: a PDF on stdin, one line of JSON on stdout. Imports nothing of ours.

It answers {"attachments": [base64, ...]} or {"reason": one of `found.Reason`}.
"""

import base64
import contextlib
import io
import json
import resource
import sys

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 5
MAX_UNPACKED = 32 * 1024 * 1024
MAX_ATTACHMENTS = 20
MAX_CREDENTIAL = 200_000


def limit(kind: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit, or a lower one holds already
        resource.setrlimit(kind, (most, most))


def answer() -> dict:
    import pikepdf  # late: after the limits

    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=200,
        parser_max_nesting=100,
        parser_max_container_size=200_000,
        max_stream_filters=2,
        flate_max_memory=MAX_UNPACKED,
        png_max_memory=MAX_UNPACKED,
        run_length_max_memory=MAX_UNPACKED,
        tiff_max_memory=MAX_UNPACKED,
        dct_max_memory=MAX_UNPACKED,
    )
    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            return attachments(pdf)
    except pikepdf.PasswordError:
        return {"reason": "locked"}
    except Exception:  # whatever a hostile file provokes: it cannot be read
        return {"reason": "broken"}


def attachments(pdf) -> dict:
    found = []
    for position, name in enumerate(pdf.attachments):
        if position == MAX_ATTACHMENTS:
            return {"reason": "too_many"}
        data = pdf.attachments[name].get_file().read_bytes()
        if len(data) <= MAX_CREDENTIAL:
            found.append(base64.b64encode(data).decode())
    return {"attachments": found}


if __name__ == "__main__":
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, CPU_SECONDS)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    json.dump(answer(), sys.stdout)
