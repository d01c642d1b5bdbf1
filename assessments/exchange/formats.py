"""The formats, by name, in the order in which people choose them."""

from assessments.exchange.aiken import Aiken
from assessments.exchange.checking import checked
from assessments.exchange.gift import Gift
from assessments.exchange.moodle import MoodleXml
from assessments.exchange.portable import Format, Row, UnusableFile, Watch
from assessments.exchange.qti import Qti
from assessments.exchange.table import Table

FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (Table(), MoodleXml(), Gift(), Qti("2.1"), Qti("2.2"), Aiken())
}


def read_questions(name: str, content: bytes, watch: Watch | None = None) -> list[Row]:
    """Every question of a file, each checked by its kind. Raises `UnusableFile`, and `TakesLonger` where the watch does."""
    rows = checked(FORMATS[name].rows(content, watch or Watch()))
    if not rows:
        raise UnusableFile(f"There is no question in this file. Is it {FORMATS[name].label}?")
    return rows
