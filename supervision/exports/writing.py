"""From plain values to the bytes of a file."""

from lms.web.workbooks import as_workbook, sheet_as_csv
from supervision.exports.enums import ExportKind, FileType
from supervision.exports.facts import Log, Marks
from supervision.exports.paper import draw_letter, draw_summary, draw_weeks
from supervision.exports.tables import log_sheets, week_sheets

_SHEETS = {ExportKind.LOG: log_sheets, ExportKind.WEEKS: week_sheets}
_DRAWINGS = {ExportKind.SUMMARY: draw_summary, ExportKind.WEEKS: draw_weeks, ExportKind.LETTER: draw_letter}


def write_file(kind: ExportKind, file_type: FileType, log: Log, marks: Marks, *, paper: str) -> bytes:
    """The bytes of one export. A CSV is its first table alone; its id stands in its name."""
    if file_type == FileType.PDF:
        return _DRAWINGS[kind](log, marks, paper)
    sheets = _SHEETS[kind](log, marks)
    if file_type == FileType.CSV:
        return sheet_as_csv(sheets[0]).encode()
    title = f"{kind.label} of {log.trainee}"
    return as_workbook(sheets, title=title, author=marks.institute, made_at=marks.made_at)
