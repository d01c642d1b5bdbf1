"""What the form of a visit offers: lists that one query reads, whose SQL is written once; checked against the rows."""

from collections.abc import Callable
from datetime import date
from functools import cached_property

from django.db.models import BigIntegerField, CharField, DateField, OuterRef, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Cast, Coalesce, Concat

from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.accounts.queries import name_of
from lms.web.prepared import PreparedQuery
from supervision.enums import LogState, Phase
from supervision.models import ClientCode, LogSegment, PracticeLog
from supervision.queries.draft import open_drafts
from supervision.queries.placement import PHASE, client_codes_of, placements_open_to_logging, visits_of_code
from supervision.queries.shared import co_therapists_in, co_therapists_of

Choices = list[tuple[int, str]]
OF_CODE = ("pk", "code", "last_on", "last_phase")
REPEATED = (
    *("placement", "category_key", "role", "starts_at", "time_zone", "route", "modality", "format", "group_size"),
    *("phase_1", "minutes_1"),
)


class Kind(TextChoices):
    """What a row of the one query is."""

    CODE = "code"
    PLACEMENT = "placement"
    CO_THERAPIST = "co_therapist"
    DRAFT = "draft"


class Offers:
    """The choices of one trainee's form, read only when they are shown. `named_by`: the entry that is changed, which keeps
    the codes that it names. What is sent is looked for among the rows of `allowed`."""

    def __init__(self, enrolment: Enrolment, trainee: User, named_by: PracticeLog | None = None):
        self.enrolment, self.trainee, self.named_by = enrolment, trainee, named_by

    @property
    def categories_key(self) -> tuple:
        """What the categories depend on, see `visit_categories`: a published version never changes."""
        return self.enrolment.standard_version_id, self.named_by and self.named_by.category_key

    def allowed(self) -> dict[str, QuerySet]:
        """By the names of the form's fields."""
        return {
            "placement": placements_open_to_logging(self.enrolment, trainee=self.trainee),
            "clients": client_codes_of(self.enrolment, named_by=self.named_by),
            "co_therapist": co_therapists_of(self.enrolment),
        }

    def shown(self) -> dict[str, Callable[[], Choices]]:
        return {
            "placement": lambda: self.placements,
            "clients": lambda: self.codes,
            "co_therapist": lambda: [("", "No other trainee"), *self.co_therapists],
        }

    @cached_property
    def placements(self) -> Choices:
        """The latest first."""
        rows = sorted(self._rows[Kind.PLACEMENT], key=lambda row: (row[3], row[0]), reverse=True)
        return [(pk, f"{site}, with {supervisor}") for pk, site, supervisor, *_ in rows]

    @cached_property
    def codes(self) -> Choices:
        """Those not used yet, then the one used last."""
        if self.named_by:
            rows = client_codes_of(self.enrolment, named_by=self.named_by).values_list(*OF_CODE)
        else:
            found = ((pk, code, *_day_and_phase(last)) for pk, code, last, _ in self._rows[Kind.CODE])
            rows = sorted(found, key=lambda row: (row[2] or date.max, row[0]), reverse=True)
        return [(pk, described(code, on, phase)) for pk, code, on, phase in rows]

    @cached_property
    def co_therapists(self) -> Choices:
        """By their names."""
        rows = sorted(self._rows[Kind.CO_THERAPIST], key=lambda row: (row[1].casefold(), row[0]))
        return [(pk, name) for pk, name, *_ in rows]

    @property
    def has_drafts(self) -> bool:
        """Whether an unfinished draft waits to be taken up again."""
        return bool(self._rows[Kind.DRAFT])

    @cached_property
    def _rows(self) -> dict[str, list[tuple]]:
        """By kind: id, name, what stands beside it, the day from which on it is."""
        found = {kind: [] for kind in Kind}
        enrolment = self.enrolment
        ids = {"enrolment": enrolment.pk, "program": enrolment.program_id, "cohort": enrolment.cohort_id}
        for kind, *row in _offered(**ids, trainee=self.trainee.pk):
            found[kind].append(row)
        return found


def _offered_rows(enrolment, program, cohort, trainee) -> QuerySet:
    nothing, no_day = Value("", output_field=CharField()), Value(None, output_field=DateField())
    codes = ClientCode.objects.filter(enrolment=enrolment, same_as=None).order_by()
    placements = placements_open_to_logging(enrolment, trainee=trainee).select_related(None).order_by()
    others = co_therapists_in(program, cohort, trainee=trainee).order_by()
    supervisor = Coalesce(name_of("supervisor__person"), "supervisor__name")
    last = Subquery(visits_of_code().values_list(_day_then_phase())[:1])
    return placements.values_list(_is(Kind.PLACEMENT), "pk", "site__name", supervisor, "starts_on").union(
        codes.values_list(_is(Kind.CODE), "pk", "code", last, no_day),
        others.values_list(_is(Kind.CO_THERAPIST), "pk", name_of("person"), nothing, no_day),
        open_drafts(enrolment).order_by().values_list(_is(Kind.DRAFT), "pk", nothing, nothing, no_day),
        all=True,
    )


def _day_then_phase() -> Concat:
    """As one word, "2026-11-27 dosing", so that the visits of a code are gone through once."""
    day = Cast("log__on", CharField())
    return Concat(day, Value(" "), Coalesce(PHASE, Value("")), output_field=CharField())


def _day_and_phase(last: str | None) -> tuple[date | None, str]:
    day, _, phase = (last or "").partition(" ")
    return (date.fromisoformat(day) if day else None), phase


def _is(kind: Kind) -> Value:
    return Value(kind.value, output_field=CharField())


_offered = PreparedQuery(
    _offered_rows,
    enrolment=BigIntegerField(),
    program=BigIntegerField(),
    cohort=BigIntegerField(),
    trainee=BigIntegerField(),
)


def described(code: str, last_on: date | None, last_phase: str | None) -> str:
    """A code with its last visit, by which the trainee knows it again; never a name."""
    if not last_on:
        return f"{code}, not used yet"
    phase = f", {Phase(last_phase).label.lower()}" if last_phase else ""
    return f"{code}, last seen {last_on.day} {last_on:%b %Y}{phase}"


def repeated_from_last(enrolment: Enrolment) -> dict | None:
    """What usually repeats from one visit to the next, by the form's names; never the date, the client or the words."""
    rows = _last(enrolment=enrolment.pk)
    return rows[0] if rows else None


def _last_entry(enrolment) -> QuerySet:
    newest = PracticeLog.objects.filter(enrolment=enrolment).exclude(state=LogState.VOIDED).order_by("-id")
    first = LogSegment.objects.filter(log=OuterRef("pk")).order_by("position")
    logs = PracticeLog.objects.filter(pk=Subquery(newest.values("pk")[:1])).order_by()
    shown = {
        name: Subquery(first.values(column)[:1]) for name, column in (("phase_1", "phase"), ("minutes_1", "minutes"))
    }
    return logs.annotate(**shown).values(*REPEATED)


_last = PreparedQuery(_last_entry, enrolment=BigIntegerField())
