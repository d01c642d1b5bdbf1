"""Tables as Excel workbooks and CSV files: typed cells, and nothing that a spreadsheet would run."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

import xlsxwriter

from lms.web.spreadsheets import FORMULA, as_csv


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    HOURS = "hours"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """`width` in characters of the workbook's font."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """Rows of plain values, as many as there are columns: text, int, float, date, time, aware datetime or None."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    ends_with_sum: bool = False


_FORMATS = {
    Kind.TEXT: {"text_wrap": True},
    Kind.NUMBER: {"num_format": "0"},
    Kind.HOURS: {"num_format": "0.00"},
    Kind.DATE: {"num_format": "yyyy-mm-dd"},
    Kind.TIME: {"num_format": "hh:mm"},
    Kind.MOMENT: {"num_format": "yyyy-mm-dd hh:mm:ss"},
}
_HEAD = {"bold": True, "bg_color": "#F1EEE6", "bottom": 1, "text_wrap": True, "valign": "top"}


def sheet_as_csv(sheet: Sheet) -> str:
    """Days and moments as ISO 8601, moments in UTC."""
    return as_csv([column.title for column in sheet.columns], ([_plain(value) for value in row] for row in sheet.rows))


def as_workbook(sheets: Sequence[Sheet], *, title: str, author: str, made_at: datetime) -> bytes:
    """The bytes of an .xlsx file. Text is always written as text, never as a formula, a link or a number; moments are
    in UTC, because a cell has no time zone. Row by row, so that memory does not grow with the log."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "author": author, "created": _naive(made_at)})
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
    return out.getvalue()


class _Formats:
    def __init__(self, book):
        self.head = book.add_format(_HEAD)
        self.plain = {kind: book.add_format({"valign": "top"} | look) for kind, look in _FORMATS.items()}
        self.bold = {kind: book.add_format({"bold": True, "top": 1} | look) for kind, look in _FORMATS.items()}
        # The mark that Excel itself sets for an apostrophe: the text stays text when its cell is edited.
        self.quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})


def _write_sheet(target, sheet: Sheet, formats: _Formats) -> None:
    target.freeze_panes(1, 0)
    target.set_landscape()
    target.fit_to_pages(1, 0)
    target.repeat_rows(0)
    for number, column in enumerate(sheet.columns):
        target.set_column(number, number, column.width)
    if sheet.rows:
        target.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    for number, column in enumerate(sheet.columns):
        target.write_string(0, number, column.title, formats.head)
    for at, row in enumerate(sheet.rows, start=1):
        looks = formats.bold if sheet.ends_with_sum and at == len(sheet.rows) else formats.plain
        for number, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(target, at, number, value, looks[column.kind], formats)


def _write_cell(target, row: int, column: int, value: Any, look, formats: _Formats) -> None:
    match value:
        case None | "":
            return
        case str():
            target.write_string(row, column, value, formats.quoted if value.startswith(FORMULA) else look)
        case datetime():
            target.write_datetime(row, column, _naive(value), look)
        case date() | time():
            target.write_datetime(row, column, value, look)
        case _:
            target.write_number(row, column, value, look)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case float():
            return f"{value:.2f}"
    return value
