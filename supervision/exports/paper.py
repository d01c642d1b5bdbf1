"""Drawing the papers of a practice log: tagged PDF/UA-1, with the days of visits left out (see lms/paper/typesetting.py)."""

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno

from lms.paper.coverage import MISSING
from lms.paper.typesetting import printable_data, typeset
from lms.web.templatetags.ui import day, minutes
from supervision.exports.facts import Entry, Log, Marks, What, local_day
from supervision.exports.totals import (
    PARTS,
    Month,
    Signed,
    Week,
    approved_by_category,
    by_month,
    by_signer,
    by_week,
    minutes_of,
)

LAYOUTS = Path(__file__).parent / "layouts"
INK = "#1C2320"
MOST_COLUMNS = 5  # categories beside each other; more get a further table
MOST_SIGNATURES = 1000  # on one paper; of more, each month of signing is one row
UNPRINTED = f"{MISSING} stands for a letter that this paper cannot print."
NO_DAYS = "This paper names months or weeks and never the day of a visit, because a day can identify a client."
LAST_WORD = "The page at this address says whether the log has changed since."
INK_LINES = ["Signature", "Date", "Printed name", "Licence number and state"]
TRAINEE_LINES = ["Signature of the trainee", "Date"]
MONTHS_OF_SIGNING = (
    "There are too many signatures to list each: a row is one month of signing, with the number of entries and one "
    "SHA-256 over the hashes of what was signed, in the order of signing. The trainee’s full log lists every one."
)
WEEKS_NOTE = (
    "Hours and minutes (h:mm). A week begins on Monday in the zone {zone}; a visit or session belongs to the day on which "
    "it began."
)
NOTHING_SIGNED = "Nothing that this letter was asked for is approved now. Make it again once something is; until then it says nothing."


def draw_summary(log: Log, marks: Marks, paper: str) -> bytes:
    data = _frame(log, marks, "Summary of supervised practice") | {
        "facts": _facts(log, marks),
        "categories": _categories(log.approved, log),
        "together": _together(log.approved),
        "months": _months(log),
        "elsewhere": [_from_elsewhere(entry) for entry in log.transferred],
        "signed": [_signed(one, by_month=len(log.earned) > MOST_SIGNATURES) for one in by_signer(log)],
        "trainee_lines": TRAINEE_LINES,
    }
    return _draw("summary.typ", data, marks, paper)


def draw_weeks(log: Log, marks: Marks, paper: str) -> bytes:
    weeks = by_week(log)
    data = _frame(log, marks, "Weekly totals of supervised practice") | {
        "facts": _facts(log, marks),
        "note": WEEKS_NOTE.format(zone=log.zone),
        "head": ["Week from", *PARTS.values(), "Together", "Running: direct", "Running: all"],
        "rows": [_week(week) for week in weeks],
        "foot": _all_weeks(weeks),
        "lines": ["Signature of the trainee", "Date", "Signature of the supervisor", "Date"],
    }
    return _draw("weeks.typ", data, marks, paper)


def draw_letter(log: Log, marks: Marks, paper: str) -> bytes:
    """One letter for whoever signed the entries of this log: they are one person's. Her approvals may have been withdrawn
    between asking and drawing; then it says that there is nothing to confirm."""
    signed, zone = next(iter(by_signer(log)), None), ZoneInfo(log.zone)
    if signed is None:
        return _draw("letter.typ", _empty_letter(log, marks), marks, paper)
    days = sorted(local_day(entry, zone) for entry in signed.entries)
    name = signed.names[-1]
    data = _frame(log, marks, f"Verification of supervised practice by {name}") | {
        "date": day(marks.made_at.astimezone(zone).date()),
        "opening": f"To whom it may concern: {marks.institute} confirms from its records that {name} {_what_they_did(signed)} "
        f"supervised practice and supervision of {log.trainee} that is set out here, in the program {log.program}.",
        "facts": [
            ("Trainee", log.trainee),
            ("Period", _span(days[0], days[-1])),
            *_standing(signed),
        ],
        "categories": _categories(signed.entries, log),
        "together": _together(signed.entries),
        "sentences": [
            f"Each of these {_count(signed.entries)} was approved by an electronic signature, between "
            f"{day(signed.entries[0].signature.signed_at.date())} and "
            f"{day(signed.entries[-1].signature.signed_at.date())}; names and qualifications are those of that time.",
            "The hours are as approved; what a standard or a board counts of them follows from its own rules.",
        ],
        "lines": INK_LINES,
    }
    return _draw("letter.typ", data, marks, paper)


def _what_they_did(signed: Signed) -> str:
    in_lieu = signed.entries[0].signature.is_in_lieu
    return "attested, in lieu of a supervisor because no signer was left, the" if in_lieu else "approved the"


def _empty_letter(log: Log, marks: Marks) -> dict[str, Any]:
    return _frame(log, marks, "Verification of supervised practice") | {
        "date": day(marks.made_at.astimezone(ZoneInfo(log.zone)).date()),
        "opening": NOTHING_SIGNED,
        "facts": [("Trainee", log.trainee), ("Program", log.program)],
        "categories": [],
        "together": _together([]),
        "sentences": [],
        "lines": [],
    }


def _draw(layout: str, data: dict[str, Any], marks: Marks, paper: str) -> bytes:
    data = printable_data(data)
    if MISSING in json.dumps(data, ensure_ascii=False):
        data["notes"].append(UNPRINTED)
    return typeset(
        LAYOUTS / layout,
        {"data": json.dumps(data), "paper": paper, "qr": _qr(marks.address)},
        format="pdf",
        pdf_standards=["1.7", "ua-1"],
        timestamp=marks.made_at.astimezone(UTC).replace(microsecond=0),
    )


def _frame(log: Log, marks: Marks, heading: str) -> dict[str, Any]:
    return {
        "title": f"{heading}: {log.trainee}",
        "heading": heading,
        "description": f"{heading} of {log.trainee} in the program {log.program}.",
        "institute": marks.institute,
        "contact": list(marks.contact),
        "is_demonstration": log.is_demonstration,
        "code": marks.code,
        "address": marks.address,
        "lookup": marks.address.removesuffix(f"{marks.code}/"),
        "qr_description": f"QR code that opens {marks.address}",
        "notes": [LAST_WORD, NO_DAYS],
    }


def _facts(log: Log, marks: Marks) -> list[tuple[str, str]]:
    months, elsewhere = by_month(log), minutes_of(log.transferred)
    return [
        ("Trainee", log.trainee),
        ("Program", log.program),
        ("Standard", log.standard),
        ("Visits and sessions", _span(months[0].first, months[-1].first) if months else "None approved"),
        *([("From elsewhere, in no month", minutes(elsewhere))] if elsewhere else []),
        ("Made", f"{day(marks.made_at.astimezone(UTC).date())}, {marks.made_at.astimezone(UTC):%H:%M} UTC"),
        *(("Chosen", choice) for choice in marks.choices),
    ]


def _span(first: date, last: date) -> str:
    begin, end = f"{first:%B %Y}", f"{last:%B %Y}"
    return begin if begin == end else f"{begin} to {end}"


def _count(entries) -> str:
    return "1 entry" if len(entries) == 1 else f"{len(entries)} entries"


def _categories(entries, log: Log) -> list[list[str]]:
    counts = {}
    for entry in entries:
        counts[entry.category] = counts.get(entry.category, 0) + 1
    return [[label, str(counts[label]), minutes(amount)] for label, amount in approved_by_category(log.only(entries))]


def _together(entries) -> list[str]:
    return ["Together", str(len(entries)), minutes(minutes_of(entries))]


def _months(log: Log) -> list[dict[str, Any]]:
    """Tables of months and categories, as many as are needed to keep each readable; the last has the sums."""
    labels, months = [label for label, _ in approved_by_category(log.only(log.earned))], by_month(log)
    parts = [labels[start : start + MOST_COLUMNS] for start in range(0, len(labels), MOST_COLUMNS)]
    return [_month_table(months, part, number, is_last=number == len(parts) - 1) for number, part in enumerate(parts)]


def _month_table(months: list[Month], labels: list[str], number: int, *, is_last: bool) -> dict[str, Any]:
    def row(title: str, amounts: list[int], together: int) -> list[str]:
        return [title, *(_clock(amount) for amount in amounts), *([_clock(together)] if is_last else [])]

    sums = [sum(month.minutes[label] for month in months) for label in labels]
    return {
        "title": "Approved hours by month (h:mm)" + (", continued" if number else ""),
        "head": ["Month", *labels, *(["Together"] if is_last else [])],
        "rows": [
            row(f"{month.first:%b %Y}", [month.minutes[label] for label in labels], month.together) for month in months
        ],
        "foot": row("All", sums, sum(month.together for month in months)),
    }


def _signed(one: Signed, *, by_month: bool) -> dict[str, Any]:
    return {
        "name": one.names[-1],
        "facts": [*_standing(one), ("Approved", f"{_count(one.entries)}, {minutes(minutes_of(one.entries))}")],
        "note": MONTHS_OF_SIGNING if by_month else "",
        "rows": _decisions_by_month(one.entries) if by_month else [_decision(entry) for entry in one.entries],
        "lines": INK_LINES,
    }


def _decisions_by_month(entries: Sequence[Entry]) -> list[list[Any]]:
    """One row for each month of signing and meaning, with one hash over the hashes of what was signed, in order."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        signature = entry.signature
        groups.setdefault((f"{signature.signed_at.astimezone(UTC):%b %Y}", signature.meaning), []).append(entry)
    return [
        [month, str(len(group)), "All", minutes(minutes_of(group)), meaning, _on_two_lines(_hash_of(group))]
        for (month, meaning), group in groups.items()
    ]


def _hash_of(entries: Sequence[Entry]) -> str:
    return hashlib.sha256("".join(entry.signature.sha256 for entry in entries).encode()).hexdigest()


def _on_two_lines(sha256: str) -> list[str]:
    middle = len(sha256) // 2
    return [sha256[:middle], sha256[middle:]]


def _standing(one: Signed) -> list[tuple[str, str]]:
    """Who she was when she signed."""
    former = [("Signed earlier as", ", ".join(one.names[:-1]))] if len(one.names) > 1 else []
    qualifications = "; ".join(one.qualifications) or "None was recorded with the signatures"
    return [
        ("Signed by", f"{one.names[-1]}, {one.entries[-1].signature.role_held.lower()}"),
        *former,
        ("Qualifications when signing", qualifications),
    ]


def _decision(entry: Entry) -> list[Any]:
    signature = entry.signature
    return [
        f"{_moment(signature.signed_at)}",
        _number(entry),
        entry.category,
        minutes(entry.minutes),
        signature.meaning,
        _on_two_lines(signature.sha256),
    ]


def _number(entry: Entry) -> str:
    """Sessions have numbers of their own."""
    return f"S {entry.number}" if entry.what == What.SESSION else str(entry.number)


def _from_elsewhere(entry: Entry) -> list[Any]:
    """Months, never days: where it was earned, under whom, and the decision of a director about its document."""
    accepted = entry.signature
    decided = f"{accepted.printed_name}, {_moment(accepted.signed_at)}" if accepted else ""
    return [
        _span(entry.on, entry.until),
        f"{entry.site}; {entry.supervisor}",
        entry.category,
        minutes(entry.minutes),
        decided,
        _on_two_lines(accepted.sha256) if accepted else [],
    ]


def _moment(at: datetime) -> str:
    return f"{day(at.astimezone(UTC).date())}, {at.astimezone(UTC):%H:%M}"


def _week(week: Week) -> list[str]:
    parts = [_clock(week.minutes[part]) for part in PARTS]
    return [
        day(week.monday),
        *parts,
        _clock(week.together),
        _clock(week.running["direct"]),
        _clock(week.running_together),
    ]


def _all_weeks(weeks: list[Week]) -> list[str]:
    if not weeks:
        return []
    last = weeks[-1]
    return ["All weeks", *(_clock(last.running[part]) for part in PARTS), _clock(last.running_together), "", ""]


def _clock(amount: int) -> str:
    """Minutes as h:mm; nothing for none, so that the eye finds what is there."""
    return f"{amount // 60}:{amount % 60:02}" if amount else ""


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, dark=INK, xmldecl=False)
    return out.getvalue().decode()
