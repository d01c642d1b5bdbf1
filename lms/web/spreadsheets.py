"""Tables as CSV files that a spreadsheet can open without harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> str:
    """A spreadsheet must not run what somebody typed: a text that begins like a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Begins with a byte order mark, so that Excel reads UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(safe_cell(value) for value in row)
    return "\ufeff" + out.getvalue()
