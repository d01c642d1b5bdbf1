"""A practice log as plain values: what tables and papers are built from, far from the database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Signature:
    """One approval as it was signed: names and qualifications of then, and the hash of exactly what was signed."""

    signer: str  # the same for everything that one person signed
    printed_name: str
    role_held: str
    meaning: str
    signed_at: datetime
    sha256: str
    qualifications: str = ""


@dataclass(frozen=True)
class Entry:
    """One visit. `minutes` is the sum of `phases`; `category` and `bucket` are words."""

    number: int
    state: str
    is_approved: bool
    is_waiting: bool
    on: date
    starts_at: time
    time_zone: str
    began_at: datetime
    category_key: str
    category: str
    bucket: str
    is_direct: bool
    role: str
    minutes: int
    phases: dict[str, int]
    codes: tuple[str, ...]
    has_consent: bool
    site: str
    supervisor: str
    sent_at: datetime | None = None
    decided_at: datetime | None = None
    corrects: int | None = None
    is_group: bool = False
    reflection: str = ""
    signature: Signature | None = None


@dataclass(frozen=True)
class Log:
    """A trainee's entries in the order of time. `categories` and `phases` are labels in the order of the standard."""

    trainee: str
    program: str
    standard: str
    zone: str
    entries: tuple[Entry, ...]
    categories: tuple[str, ...]
    phases: tuple[tuple[str, str], ...]
    is_demonstration: bool = False

    @property
    def approved(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.is_approved)

    def only(self, entries: Iterable[Entry]) -> "Log":
        return replace(self, entries=tuple(entries))


@dataclass(frozen=True)
class Marks:
    """What every file says of itself: its id, the address that confirms it, who made it when, and what was left out."""

    code: str
    address: str
    institute: str
    made_at: datetime
    choices: tuple[str, ...]
    contact: tuple[str, ...] = ()


def local_day(entry: Entry, zone: ZoneInfo) -> date:
    """The day on which a visit began in this zone."""
    return entry.began_at.astimezone(zone).date()
