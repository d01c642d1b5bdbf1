"""What of a practice log leaves the program, and in which form."""

from django.db import models


class ExportKind(models.TextChoices):
    LOG = "log", "Full log"
    SUMMARY = "summary", "Summary for signing"
    WEEKS = "weeks", "Weekly totals"
    LETTER = "letter", "Letter for one supervisor"

    @property
    def is_whole(self) -> bool:
        """Whether it has every entry with its days and texts: the trainee's own log alone. The others count what is
        approved, by weeks or months."""
        return self is ExportKind.LOG


class FileType(models.TextChoices):
    CSV = "csv", "CSV, for any spreadsheet or program"
    XLSX = "xlsx", "Excel workbook, with totals"
    PDF = "pdf", "PDF, to read or print"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


class Paper(models.TextChoices):
    LETTER = "us-letter", "US Letter"
    A4 = "a4", "A4"


_CONTENT_TYPES = {
    FileType.CSV: "text/csv; charset=utf-8",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.PDF: "application/pdf",
}
FILE_TYPES = {
    ExportKind.LOG: (FileType.XLSX, FileType.CSV),
    ExportKind.SUMMARY: (FileType.PDF,),
    ExportKind.WEEKS: (FileType.PDF, FileType.XLSX, FileType.CSV),
    ExportKind.LETTER: (FileType.PDF,),
}
AT_ONCE = 500  # entries; a larger log is written in the background
PER_HOUR = 20
