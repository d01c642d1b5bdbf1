"""A supervisor's queue: what of it is asked for, and what it can be asked by."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from django.db.models import BigIntegerField, CharField, Count, Q, QuerySet

from lms.accounts.models import User
from lms.accounts.queries import name_of, without_barred
from lms.web.prepared import PreparedQuery
from supervision.enums import LogState
from supervision.models import PracticeLog
from supervision.queries.placement import categories_by_version
from supervision.queries.practice import full_logs, label_of, ways_to_decide

Choices = list[tuple[str, str]]
# The trainee is that of the placement: there are ten of them where there are hundreds of entries, and an entry's own
# enrolment is no other (see `write_log`).
TRAINEE = "placement__enrolment__person"
VERSION = "placement__enrolment__standard_version"
FILTERS = {"trainee": TRAINEE, "site": "placement__site", "category": "category_key"}
FIELDS = {"trainee": BigIntegerField(), "site": BigIntegerField(), "category": CharField()}
OF_GROUP = (
    *FILTERS.values(),
    *("placement__site__name", VERSION, f"{TRAINEE}__display_name", f"{TRAINEE}__email"),
)


class Waiting(NamedTuple):
    """What a line of the queue shows of an entry."""

    pk: int
    on: date
    role: str
    category_key: str
    minutes: int
    flags: list[dict]
    submitted_at: datetime
    trainee: str
    site: str
    standard_version: int


LINE = (
    *("pk", "on", "role", "category_key", "minutes", "flags", "submitted_at"),
    *(name_of(TRAINEE), "placement__site__name", VERSION),
)


@dataclass(frozen=True)
class Offered:
    """By what the queue can be asked: whose entries wait, of which sites and categories; and how many each would show."""

    trainees: Choices
    sites: Choices
    categories: Choices
    numbers: Counter[tuple[str, str, str]]

    def number(self, *, trainee: str = "", site: str = "", category: str = "") -> int:
        wanted = (trainee, site, category)
        return sum(
            number
            for group, number in self.numbers.items()
            if all(one in ("", its) for one, its in zip(wanted, group, strict=True))
        )


def offered_by(user: User) -> Offered:
    """Only what waits now. One query, however much waits."""
    rows = _groups(user=user.pk)
    categories = categories_by_version(version for _, _, _, _, version, *_ in rows)
    numbers = Counter()
    for person, site, key, *_, number in rows:
        numbers[str(person), str(site), key] += number
    return Offered(
        trainees=_sorted({person: name or email for person, *_, name, email, _ in rows}),
        sites=_sorted({site: name for _, site, _, name, *_ in rows}),
        categories=_sorted({key: label_of(key, categories[version]) for _, _, key, _, version, *_ in rows}),
        numbers=numbers,
    )


def _waits(user, wanted: dict, *columns, **counted) -> QuerySet:
    """The columns of what waits for her, each way of deciding by itself; the same entries as `logs_to_review`."""
    rows = PracticeLog.objects.filter(state=LogState.SUBMITTED).exclude(**{TRAINEE: user}).order_by()
    rows = without_barred(rows, user, person=TRAINEE)
    ways = (rows.filter(way, **wanted).values_list(*columns) for way in ways_to_decide(user))
    first, *others = (way.annotate(**counted) if counted else way for way in ways)
    return first.union(*others, all=True)


_groups = PreparedQuery(lambda user: _waits(user, {}, *OF_GROUP, number=Count("pk")), user=BigIntegerField())


def _sorted(labels: dict) -> Choices:
    return sorted(((str(key), label) for key, label in labels.items()), key=lambda pair: (pair[1].casefold(), pair[0]))


def queue_of(user: User, **wanted: str) -> Callable[[int, int], list[Waiting]]:
    """Reads a part of what waits for her, oldest first, of one trainee, site or category if asked for: `read(first, most)`."""
    query = _lines_by(tuple(sorted(wanted)))

    def read(first: int, most: int) -> list[Waiting]:
        return [Waiting(*row) for row in query.part(first, most, user=user.pk, **wanted)]

    return read


@cache
def _lines_by(names: tuple[str, ...]) -> PreparedQuery:
    def build(user, **wanted) -> QuerySet:
        return _waits(user, {FILTERS[name]: wanted[name] for name in names}, *LINE).order_by("submitted_at", "pk")

    return PreparedQuery(build, user=BigIntegerField(), **{name: FIELDS[name] for name in names})


def logs_reviewed_by(user: User) -> QuerySet[PracticeLog]:
    """Entries that are hers to decide about, in whatever state they are by now; nobody behind a barrier."""
    own = Q(placement__supervisor__person=user, placement__covered_by=None) | Q(placement__covered_by__person=user)
    hers = full_logs().filter(Q(own, reviewer=None) | Q(reviewer=user))
    return without_barred(hers.exclude(enrolment__person=user), user, person="enrolment__person")
