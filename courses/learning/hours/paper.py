"""The hour map as a tagged PDF/UA-1, for a regulator's file."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from courses.curriculum.models import Edition
from courses.learning.hours.report import Report
from courses.learning.hours.table import TopicRow
from lms.paper.typesetting import printable_data, typeset
from lms.web.templatetags.ui import day, moment
from lms.web.templatetags.ui import minutes as hours

LAYOUT = Path(__file__).parent / "hour_map.typ"


def draw_hour_map(report: Report, edition: Edition, *, institute: str, made_at: datetime) -> bytes:
    """`made_at` is in UTC; people read it in the zone of this moment."""
    data = printable_data(_data(report, edition, institute, made_at))
    return typeset(LAYOUT, {"data": json.dumps(data)}, format="pdf", pdf_standards=["1.7", "ua-1"], timestamp=made_at)


def _data(report: Report, edition: Edition, institute: str, made_at: datetime) -> dict[str, Any]:
    return {
        "title": f"Hour map: {edition}",
        "institute": institute,
        "is_demonstration": edition.program.is_demonstration,
        "facts": [
            ("Program", edition.program.title),
            ("Edition", str(edition.number)),
            ("In effect from", day(edition.effective_from)),
            ("Standard", str(report.standard) if report.standard else "None is published"),
            ("Made", f"{moment(made_at)} ({timezone.localtime(made_at).tzname()})"),
            ("Fingerprint of the edition (SHA-256)", edition.hash),
        ],
        "asked": [
            {
                "title": asked.title,
                "sentence": asked.sentence,
                "lines": [
                    [line.title, hours(line.needed), hours(line.core), hours(line.electives), line.words]
                    for line in asked.lines
                ],
            }
            for asked in report.asked
        ],
        "formats": report.formats,
        "topic_rows": [_row(row) for row in report.rows],
        "all_topics": _row(report.all_topics),
        "topics": report.topics,
        "modules": [
            {
                "title": module["title"] if module["is_core"] else f"{module['title']} (elective)",
                "cells": [_cell(cell) for cell in module["cells"]],
                "minutes": str(module["minutes"]),
                "entries": [
                    {
                        "title": f"{entry['title']} ({entry['kind'].lower()})" if entry["kind"] else entry["title"],
                        "cells": [_cell(cell) for cell in entry["cells"]],
                        "minutes": str(entry["minutes"]),
                    }
                    for entry in module["entries"]
                ],
            }
            for module in report.modules
        ],
        "sums": [str(number) for number in report.sums],
        "total": str(report.all_topics.all),
    }


def _row(row: TopicRow) -> list[str]:
    return [row.label, *(hours(number) for number in (*row.formats, row.core, row.electives, row.all))]


def _cell(cell) -> list[str]:
    return [str(cell.minutes) if cell.minutes else "", cell.note]
