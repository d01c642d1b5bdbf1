"""What the page of a trainee's log shows beside its entries: sums and codes. One query, whose SQL is written once."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from lms.web.prepared import PreparedQuery
from supervision.enums import COUNTING, EDITABLE, AgeBand, LogState
from supervision.models import ClientCode, PracticeLog
from supervision.queries.placement import visits_of_code
from supervision.queries.practice import label_of
from supervision.queries.prior import counted_prior
from supervision.queries.shared import shares_for

ENTRY, PRIOR, SHARE, CODE = "entry", "prior", "share", "code"


@dataclass(frozen=True)
class CategoryTotal:
    label: str
    approved: int = 0
    waiting: int = 0
    questioned: int = 0


class UsedCode(NamedTuple):
    """A client code, the age band in words if it is known, and the day of the last visit if there was one."""

    pk: int
    code: str
    age_band: str
    last_on: date | None


@dataclass(frozen=True)
class Summary:
    """What a trainee's log holds: how many entries in each state, minutes per category in the order of the standard, minutes
    of prior hours by state, how many visits wait for her to confirm her share, and her codes, the one used last first."""

    entries: Counter[str]
    totals: list[CategoryTotal]
    prior: Counter[str]
    shares: int
    codes: list[UsedCode]

    def number(self, state: str = "") -> int:
        return self.entries[state] if state else self.entries.total()

    @property
    def unsent(self) -> int:
        return sum(self.entries[state] for state in EDITABLE)

    @property
    def approved(self) -> int:
        return sum(total.approved for total in self.totals)

    @property
    def waiting(self) -> int:
        return sum(total.waiting for total in self.totals)

    @property
    def questioned(self) -> int:
        return sum(total.questioned for total in self.totals)


class Row(NamedTuple):
    """Of an entry: state, category, whether it corrects another one, how many, minutes. Prior hours and shares use some of
    that. Of a code: age band, code, its id as the number, and the day."""

    what: str
    state: str
    key: str
    corrects: bool
    number: int
    minutes: int
    day: date | None


def summary_of(enrolment: Enrolment, categories: dict[str, Category]) -> Summary:
    """A correction adds no minutes while it waits: what it corrects still counts."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in map(Row._make, _summary(enrolment=enrolment.pk, person=enrolment.person_id)):
        found[row.what].append(row)
    entries, prior = Counter(), Counter()
    for row in found[ENTRY]:
        entries[row.state] += row.number
    for row in found[PRIOR]:
        prior[row.state] += row.minutes
    return Summary(
        entries=entries,
        totals=_totals(found[ENTRY], categories),
        prior=prior,
        shares=sum(row.number for row in found[SHARE]),
        codes=_codes(found[CODE]),
    )


def _totals(rows: Iterable[Row], categories: dict[str, Category]) -> list[CategoryTotal]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if column := _column_of(row.state, row.corrects):
            sums[row.key][column] += row.minutes
    order = {key: place for place, key in enumerate(categories)}
    keys = sorted(sums, key=lambda key: (order.get(key, len(order)), key))
    return [CategoryTotal(label_of(key, categories), **sums[key]) for key in keys]


def _column_of(state: str, corrects: bool) -> str:
    if state in COUNTING:
        return "approved"
    if state == LogState.QUESTIONED:
        return "questioned"
    return "waiting" if state == LogState.SUBMITTED and not corrects else ""


def _codes(rows: Iterable[Row]) -> list[UsedCode]:
    latest = sorted(rows, key=lambda row: (row.day or date.max, row.number), reverse=True)
    return [UsedCode(row.number, row.key, AgeBand(row.state).label if row.state else "", row.day) for row in latest]


def _rows(enrolment, person) -> QuerySet:
    logs = PracticeLog.objects.filter(enrolment=enrolment).exclude(state=LogState.VOIDED).order_by()
    corrects = ExpressionWrapper(Q(supersedes__isnull=False), output_field=BooleanField())
    shares = shares_for(person).filter(enrolment=enrolment).select_related(None).order_by()
    codes = ClientCode.objects.filter(enrolment=enrolment, same_as=None).order_by()
    last = Subquery(visits_of_code().values("log__on")[:1])
    counted = {"number": Count("pk"), "total": Sum("minutes")}
    entries = logs.annotate(corrects=corrects).values_list(_word(ENTRY), "state", "category_key", "corrects")
    prior = counted_prior(enrolment).values_list(_word(PRIOR), "state", _word(""), NO)
    proposed = shares.values_list(_word(SHARE), "state", _word(""), NO)
    # The codes come first: they have a day, by which PostgreSQL knows what the column without one is.
    return codes.values_list(_word(CODE), "age_band", "code", NO, "pk", NONE, last).union(
        entries.annotate(**counted, day=NO_DAY),
        prior.annotate(**counted, day=NO_DAY),
        proposed.annotate(number=Count("pk"), total=NONE, day=NO_DAY),
        all=True,
    )


def _word(text: str) -> Value:
    return Value(text, output_field=CharField())


NO = Value(False, output_field=BooleanField())
NONE = Value(0, output_field=IntegerField())
NO_DAY = Value(None, output_field=DateField())
_summary = PreparedQuery(_rows, enrolment=BigIntegerField(), person=BigIntegerField())
