"""The tables of the full log: columns with their kinds, and rows of plain values."""

from lms.web.templatetags.ui import minutes as hours
from lms.web.workbooks import Column, Kind, Sheet
from supervision.exports.facts import Entry, Log, Marks
from supervision.exports.totals import (
    DIRECT,
    PARTS,
    Week,
    approved_by_category,
    by_category,
    by_signer,
    by_week,
    minutes_of,
)

REMINDER = "This file holds the days of visits. Keep it to yourself: a day can identify a client."

WEEKS_NOTE = "Approved minutes. A week begins on Monday in the zone {zone}; a visit or session belongs to the day on which it began."


def log_sheets(log: Log, marks: Marks) -> list[Sheet]:
    return [
        Sheet("Entries", _columns(log), [_row(entry, log) for entry in log.entries]),
        _totals(log),
        _signers(log),
        about(log, marks),
    ]


def _columns(log: Log) -> list[Column]:
    return [
        Column("What", width=20),
        Column("Entry", Kind.NUMBER, 8),
        Column("State", width=22),
        Column("Date", Kind.DATE, 12),
        Column("Until", Kind.DATE, 12),
        Column("Began at", Kind.TIME, 10),
        Column("Time zone", width=18),
        Column("Category", width=30),
        Column("Role", width=16),
        Column("Minutes", Kind.NUMBER, 9),
        *(Column(f"Minutes: {label.lower()}", Kind.NUMBER, 12) for _, label in log.phases),
        Column("Client codes", width=18),
        Column("Client agreed", width=13),
        Column("Site", width=28),
        Column("Supervisor", width=26),
        Column("Sent", Kind.MOMENT, 20),
        Column("Decided", Kind.MOMENT, 20),
        Column("Signed by", width=26),
        Column("Qualifications", width=30),
        Column("Meaning of the signature", width=40),
        Column("Signed", Kind.MOMENT, 20),
        Column("SHA-256 of what was signed", width=66),
        Column("Corrects entry", Kind.NUMBER, 14),
        Column("Reflection", width=60),
        Column("Topics", width=36),
        Column("Feedback or note", width=60),
    ]


def _row(entry: Entry, log: Log) -> list:
    signature = entry.signature
    signed = (
        [signature.printed_name, signature.qualifications, signature.meaning, signature.signed_at, signature.sha256]
        if signature
        else ["", "", "", None, ""]
    )
    return [
        str(entry.what),
        entry.number,
        entry.state,
        entry.on,
        entry.until,
        entry.starts_at,
        entry.time_zone,
        entry.category,
        entry.role,
        entry.minutes,
        *(entry.phases.get(key, 0) for key, _ in log.phases),
        " ".join(entry.codes),
        "yes" if entry.has_consent else "",
        entry.site,
        entry.supervisor,
        entry.sent_at,
        entry.decided_at,
        *signed,
        entry.corrects,
        entry.reflection,
        "; ".join(entry.topics),
        entry.words,
    ]


def _totals(log: Log) -> Sheet:
    columns = [
        Column("Category", width=36),
        Column("Approved, minutes", Kind.NUMBER, 18),
        Column("Waiting, minutes", Kind.NUMBER, 18),
        Column("Other, minutes", Kind.NUMBER, 18),
        Column("Approved, hours", Kind.HOURS, 16),
    ]
    sums = by_category(log)
    rows = [[row.label, row.approved, row.waiting, row.other, row.approved / 60] for row in sums]
    approved = sum(row.approved for row in sums)
    together = ["Together", approved, sum(row.waiting for row in sums), sum(row.other for row in sums), approved / 60]
    return Sheet("Totals", columns, [*rows, together], ends_with_sum=True)


def _signers(log: Log) -> Sheet:
    """What each person signed of what counts, by category. What a director accepted from elsewhere nobody here signed."""
    columns = [
        Column("Signed by", width=28),
        Column("Category", width=36),
        Column("Entries", Kind.NUMBER, 9),
        Column("Approved, minutes", Kind.NUMBER, 18),
    ]
    rows = []
    for one in by_signer(log):
        in_lieu = ", in lieu of a supervisor" if one.entries[0].signature.is_in_lieu else ""
        for label, minutes in approved_by_category(log.only(one.entries)):
            number = sum(entry.category == label for entry in one.entries)
            rows.append([f"{one.names[-1]}{in_lieu}", label, number, minutes])
    return Sheet("Signers", columns, rows)


def week_sheets(log: Log, marks: Marks) -> list[Sheet]:
    """Approved minutes week by week, each named by its Monday; no visit's day stands in it."""
    running = [Column("Running: direct", Kind.NUMBER, 16), Column("Running: all", Kind.NUMBER, 14)]
    parts = [Column(label, Kind.NUMBER, 14) for label in PARTS.values()]
    columns = [Column("Week from", Kind.DATE, 12), *parts, Column("Together", Kind.NUMBER, 12), *running]
    weeks = Sheet("Weeks", columns, [_week(week) for week in by_week(log)])
    return [weeks, about(log, marks, note=f"{WEEKS_NOTE.format(zone=log.zone)}{_elsewhere(log)}")]


def _elsewhere(log: Log) -> str:
    minutes = minutes_of(log.transferred)
    return f" {hours(minutes)} from elsewhere are approved too and belong to no week." if minutes else ""


def _week(week: Week) -> list:
    parts = [week.minutes[part] for part in PARTS]
    return [week.monday, *parts, week.together, week.running[DIRECT], week.running_together]


def about(log: Log, marks: Marks, *, note: str = REMINDER) -> Sheet:
    """Where the file comes from and how to confirm it."""
    facts = [
        ("Trainee", log.trainee),
        ("Program", log.program),
        ("Standard", log.standard),
        ("Made", f"{marks.made_at:%Y-%m-%d %H:%M} UTC by {marks.institute}"),
        *(("Chosen", choice) for choice in marks.choices),
        ("Id of this file", marks.code),
        ("Confirm it at", marks.address),
        ("Note", note),
    ]
    if log.is_demonstration:
        facts.append(("Demonstration", "Nobody was trained; these visits are made up."))
    return Sheet("About", [Column("What", width=18), Column("Answer", width=90)], [list(fact) for fact in facts])
