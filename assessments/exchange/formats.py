"""The formats, by name, in the order in which people choose them."""

from assessments.exchange.aiken import Aiken
from assessments.exchange.checking import checked
from assessments.exchange.gift import Gift
from assessments.exchange.moodle import MoodleXml
from assessments.exchange.portable import Format, Row, UnusableFile
from assessments.exchange.qti import Qti
from assessments.exchange.table import Table

FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (Table(), MoodleXml(), Gift(), Qti("2.1"), Qti("2.2"), Aiken())
}


def read_questions(name: str, content: bytes) -> list[Row]:
    """Every question of a file, each checked by its kind. Raises `UnusableFile`."""
    rows = checked(FORMATS[name].read(content))
    if not rows:
        raise UnusableFile(f"There is no question in this file. Is it {FORMATS[name].label}?")
    return rows
