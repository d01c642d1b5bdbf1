"""A trainee's own log as a file."""

from collections.abc import Iterable

from courses.standards.contract import Category
from lms.web.spreadsheets import as_csv
from supervision.enums import Phase, PracticeRole
from supervision.models import PracticeLog
from supervision.queries.practice import label_of

COLUMNS = [
    "Entry", "State", "Date", "Began at", "Time zone", "Category", "Role", "Minutes",
    *[f"Minutes: {phase.label.lower()}" for phase in Phase],
    "Client codes", "Client agreed", "Site", "Supervisor", "Sent", "Decided", "Corrects entry", "Reflection",
]  # fmt: skip


def own_log_as_csv(logs: Iterable[PracticeLog], categories: dict[str, Category]) -> str:
    """Every entry with its exact date: for the trainee alone."""
    return as_csv(COLUMNS, (_row(log, categories) for log in logs))


def _row(log: PracticeLog, categories: dict[str, Category]) -> list:
    by_phase = {segment.phase: segment.minutes for segment in log.segments.all()}
    return [
        log.pk,
        log.get_state_display(),
        log.on.isoformat(),
        log.starts_at.isoformat("minutes"),
        log.time_zone,
        label_of(log.category_key, categories),
        PracticeRole(log.role).label,
        log.minutes,
        *[by_phase.get(phase.value, 0) for phase in Phase],
        " ".join(row.client.code for row in log.client_rows.all()),
        "yes" if log.client_consented else "",
        str(log.placement.site),
        str(log.placement.supervisor),
        _stamp(log.submitted_at),
        _stamp(log.decided_at),
        log.supersedes_id,
        log.reflection,
    ]


def _stamp(moment) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
