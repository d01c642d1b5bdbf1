"""What a page, a file and a paper show of an hour map: the same lines, sums and words."""

from dataclasses import dataclass
from typing import Any

from courses.curriculum.enums import ActivityKind, TeachingFormat
from courses.curriculum.models import Edition
from courses.learning.hours.queries import Asked, asked_of, newest_standard
from courses.learning.hours.table import HourMap, TopicRow, cells, topic_rows, total_row
from courses.standards.models import StandardVersion


@dataclass(frozen=True)
class Report:
    hour_map: HourMap
    standard: StandardVersion | None
    asked: tuple[Asked, ...]

    @property
    def formats(self) -> list[str]:
        return TeachingFormat.labels

    @property
    def topics(self) -> list[str]:
        return [self.hour_map.label(topic) for topic in self.hour_map.topics]

    @property
    def rows(self) -> list[TopicRow]:
        return topic_rows(self.hour_map)

    @property
    def all_topics(self) -> TopicRow:
        return total_row(self.hour_map)

    @property
    def modules(self) -> list[dict[str, Any]]:
        """The table itself: each module with its sums and its items, a cell for each topic."""
        topics = self.hour_map.topics
        return [
            {
                "title": module.title,
                "is_core": module.is_core,
                "cells": cells(module.credits, topics),
                "minutes": module.minutes,
                "entries": [
                    {
                        "title": entry.title,
                        "kind": "" if entry.kind == ActivityKind.LESSON else ActivityKind(entry.kind).label,
                        "cells": cells(entry.credits, topics),
                        "minutes": entry.minutes,
                    }
                    for entry in module.entries
                ],
            }
            for module in self.hour_map.modules
        ]

    @property
    def sums(self) -> list[int]:
        """Of each topic over core and electives: the table's last line."""
        return [row.all for row in self.rows]


def report_of(hour_map: HourMap, program) -> Report:
    standard = newest_standard(program)
    return Report(hour_map, standard, tuple(asked_of(hour_map, standard)))


COLUMNS = ["Module", "Core or elective", "Item", "Kind", "Topic", "Topic key", "Format", "Minutes"]


def csv_rows(hour_map: HourMap):
    """A line for each credit, so that a spreadsheet can add them up by whatever column it likes."""
    for module in hour_map.modules:
        for entry in module.entries:
            for credit in entry.credits:
                yield [
                    module.title,
                    "core" if module.is_core else "elective",
                    entry.title,
                    ActivityKind(entry.kind).label,
                    hour_map.label(credit.topic),
                    credit.topic,
                    TeachingFormat(credit.format).label,
                    credit.minutes,
                ]


def file_name(edition: Edition, extension: str) -> str:
    return f"hour-map-{edition.program.slug}-edition-{edition.number}.{extension}"
