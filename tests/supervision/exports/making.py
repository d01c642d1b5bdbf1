"""Logs as plain values, for what needs no database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from supervision.exports.facts import Entry, Log, Marks, Signature

CATEGORIES = {
    "Preparation session": ("direct", True),
    "Dosing session, as lead": ("direct", True),
    "Live observation": ("observed", False),
    "Role-play": ("simulated", False),
    "Individual supervision": ("supervision", False),
    "Notes": ("indirect", False),
}
MARKS = Marks(
    code="7QK2-M4RD-X9VB-03TN-5HJW-8PCE-6YGA",
    address="https://academy.example/exports/7QK2-M4RD-X9VB-03TN-5HJW-8PCE-6YGA/",
    institute="Plumbline Institute",
    made_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    choices=(),
    contact=("12 Juniper Street", "office@academy.example"),
)


def signature(name="Samuel Rivera", *, at=datetime(2026, 10, 1, 9, tzinfo=UTC), qualifications="LCSW 12345, Colorado"):
    return Signature(
        name, name, "Site supervisor", "I was there and observed this visit", at, "ab" * 32, qualifications
    )


def entry(number=1, category="Live observation", *, at=None, minutes=60, by=None, state="Approved", is_group=False):
    began_at = at or datetime(2026, 3, 4, 16, tzinfo=UTC) + timedelta(days=number)
    local = began_at.astimezone(ZoneInfo("America/Denver"))
    bucket, is_direct = CATEGORIES[category]
    return Entry(
        number=number,
        state=state,
        is_approved=state == "Approved",
        is_waiting=state == "Waiting for review",
        on=local.date(),
        starts_at=local.time(),
        time_zone="America/Denver",
        began_at=began_at,
        category_key=category.lower(),
        category=category,
        bucket=bucket,
        is_direct=is_direct,
        role="Lead",
        minutes=minutes,
        phases={"dosing": minutes},
        codes=("K7-43PX",),
        has_consent=True,
        site="Juniper Clinic",
        supervisor="Samuel Rivera",
        is_group=is_group,
        signature=(by or signature()) if state == "Approved" else None,
    )


def log(*entries, zone="America/Denver", trainee="Zoë Ångström-Núñez"):
    phases = (("dosing", "Dosing"),)
    return Log(trainee, "Ketamine-assisted psychotherapy", "KAP, version 1", zone, entries, tuple(CATEGORIES), phases)
