"""Adding up. Minutes are whole numbers throughout; nothing is rounded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from courses.standards.enums import Bucket
from supervision.exports.facts import Entry, Log, local_day


@dataclass(frozen=True)
class CategorySum:
    label: str
    approved: int
    waiting: int
    other: int


def by_category(log: Log) -> list[CategorySum]:
    """Minutes by category in the order of the standard; a category that the standard no longer names comes last."""
    sums = {
        "approved": _minutes(entry for entry in log.entries if entry.is_approved),
        "waiting": _minutes(entry for entry in log.entries if entry.is_waiting),
        "other": _minutes(entry for entry in log.entries if not entry.is_approved and not entry.is_waiting),
    }
    named = {label for counter in sums.values() for label in counter}
    ordered = [label for label in log.categories if label in named] + sorted(named - set(log.categories))
    return [CategorySum(label, **{name: counter[label] for name, counter in sums.items()}) for label in ordered]


def approved_by_category(log: Log) -> list[tuple[str, int]]:
    return [(row.label, row.approved) for row in by_category(log) if row.approved]


def minutes_of(entries: Iterable[Entry]) -> int:
    return sum(entry.minutes for entry in entries)


def _minutes(entries: Iterable[Entry]) -> Counter:
    counter: Counter = Counter()
    for entry in entries:
        counter[entry.category] += entry.minutes
    return counter


# Months --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """The approved minutes of one month by category."""

    first: date
    minutes: Counter

    @property
    def together(self) -> int:
        return sum(self.minutes.values())


def by_month(log: Log) -> list[Month]:
    """Months with approved entries, the earliest first; a month is that of the day in the trainee's zone. Hours from
    elsewhere are in none."""
    zone, months = ZoneInfo(log.zone), {}
    for entry in log.earned:
        first = local_day(entry, zone).replace(day=1)
        months.setdefault(first, Counter())[entry.category] += entry.minutes
    return [Month(first, months[first]) for first in sorted(months)]


# Weeks ---------------------------------------------------------------------------------------------------------------

DIRECT, OBSERVED, SIMULATED, INDIRECT = "direct", "observed", "simulated", "indirect"
INDIVIDUAL, GROUP = "individual", "group"
PARTS = {
    DIRECT: "Direct",
    OBSERVED: "Observed",
    SIMULATED: "Simulated",
    INDIRECT: "Indirect",
    INDIVIDUAL: "Supervision, individual",
    GROUP: "Supervision, group",
}


@dataclass(frozen=True)
class Week:
    """One week from Monday: its approved minutes by part, and those of all weeks up to its end."""

    monday: date
    minutes: Counter
    running: Counter = field(default_factory=Counter)

    @property
    def together(self) -> int:
        return sum(self.minutes.values())

    @property
    def running_together(self) -> int:
        return sum(self.running.values())


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def part_of(entry: Entry) -> str:
    """The column that an entry adds to. Contact that is not direct adds to no direct hours, whatever its bucket says."""
    match entry.bucket:
        case Bucket.DIRECT:
            return DIRECT if entry.is_direct else INDIRECT
        case Bucket.OBSERVED:
            return OBSERVED
        case Bucket.SIMULATED:
            return SIMULATED
        case Bucket.SUPERVISION:
            return GROUP if entry.is_group else INDIVIDUAL
    return INDIRECT


def by_week(log: Log) -> list[Week]:
    """Every week from the first to the last with approved minutes, those without any among them, each with the running
    totals; a visit belongs to the week of the day on which it began in the trainee's zone. Hours from elsewhere are in
    none."""
    zone, sums = ZoneInfo(log.zone), {}
    for entry in log.earned:
        sums.setdefault(monday_of(local_day(entry, zone)), Counter())[part_of(entry)] += entry.minutes
    weeks, running = [], Counter()
    for monday in _mondays(sums):
        minutes = sums.get(monday, Counter())
        running = running + minutes
        weeks.append(Week(monday, minutes, running))
    return weeks


def _mondays(sums: dict[date, Counter]) -> Iterable[date]:
    monday = min(sums, default=None)
    while monday is not None and monday <= max(sums):
        yield monday
        monday += timedelta(days=7)


# Signers -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signed:
    """What one person signed: under which names and qualifications, and which entries, in the order of signing."""

    signer: str
    names: tuple[str, ...]
    qualifications: tuple[str, ...]
    entries: Sequence[Entry]


def by_signer(log: Log) -> list[Signed]:
    """Approved entries by whoever signed them, by name. Former names and qualifications all stand there, as signed."""
    groups: dict[str, list[Entry]] = {}
    for entry in log.earned:
        if entry.signature:
            groups.setdefault(entry.signature.signer, []).append(entry)
    signed = [_signed(signer, entries) for signer, entries in groups.items()]
    return sorted(signed, key=lambda one: (one.names, one.signer))


def _signed(signer: str, entries: list[Entry]) -> Signed:
    entries = sorted(entries, key=lambda entry: (entry.signature.signed_at, entry.what, entry.number))
    names = tuple(dict.fromkeys(entry.signature.printed_name for entry in entries))
    stood = dict.fromkeys(entry.signature.qualifications for entry in entries if entry.signature.qualifications)
    return Signed(signer, names, tuple(stood), entries)
