"""A practice log as plain values: what tables and papers are built from, far from the database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class What(StrEnum):
    """What a line of the log is about."""

    VISIT = "Visit"
    SESSION = "Supervision session"
    PRIOR = "Hours from elsewhere"


@dataclass(frozen=True)
class Signature:
    """One approval as it was signed: names and qualifications of then, and the hash of exactly what was signed.

    `signer` is the same for everything that one person signed, with an account or without; empty where a director
    accepted hours from elsewhere, which is a decision about a document and no word on the practice itself.
    """

    signer: str
    printed_name: str
    role_held: str
    meaning: str
    signed_at: datetime
    sha256: str
    qualifications: str = ""
    is_in_lieu: bool = False


@dataclass(frozen=True)
class Entry:
    """One visit, one session of supervision, or one record of hours from elsewhere.

    `minutes` of a visit is the sum of `phases`; `category` and `bucket` are words. `day` is that of a session on the
    trainee's own calendar. Hours from elsewhere have no start: they lie between `on` and `until`, in no week and no month;
    their site and supervisor are those of then.
    """

    number: int
    state: str
    is_approved: bool
    is_waiting: bool
    on: date
    starts_at: time | None
    time_zone: str
    began_at: datetime | None
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
    what: What = What.VISIT
    until: date | None = None
    day: date | None = None
    topics: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_transferred(self) -> bool:
        return self.what == What.PRIOR


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

    @property
    def earned(self) -> tuple[Entry, ...]:
        """What is approved of the visits and sessions here."""
        return tuple(entry for entry in self.approved if not entry.is_transferred)

    @property
    def transferred(self) -> tuple[Entry, ...]:
        """What is approved of the hours from elsewhere."""
        return tuple(entry for entry in self.approved if entry.is_transferred)

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
    """The day on which a visit or a session began in this zone; that of a session was written down at the time."""
    return entry.day or entry.began_at.astimezone(zone).date()
