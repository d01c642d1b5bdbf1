"""The visits behind the requirements that count visits and clients, gathered once for both.

A visit is counted, never its minutes: by its category and role, and in each phase that it has minutes in. Grouped counts
answer for any number of trainees; single visits are read for the detail of one, and for the windows of a renewal.
Hours brought along from elsewhere hold no visits and no clients, and so add to neither.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from courses.standards.contract import Category, Evidence, Facts, Subject
from courses.standards.enums import Bucket
from lms.enums import Provenance
from supervision.evidence import (
    APPROVED,
    ATTESTED,
    PENDING,
    REASONS,
    approved_then,
    asked_about,
    evidence_of,
    visit_fields,
    waiting_then,
)
from supervision.models import LogClient, LogSegment, PracticeLog


@dataclass(frozen=True)
class Filter:
    """Which visits a line is about: whatever fits every part that is set."""

    label: str
    number: int
    direct: bool = False
    bucket: str = ""
    category: str = ""
    phase: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visits:
    """So many visits alike. Without a phase: all of them, each once; with one: those that have minutes in it."""

    category: str
    role: str
    phase: str
    status: str
    number: int = 1
    client: int = 0
    log: int = 0
    on: date = date.min
    label: str = ""

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            kind="practice_log", id=self.log, label=f"Visit of {self.on.day} {self.on:%b %Y}{self.label}", on=self.on
        )


@dataclass
class VisitFacts(Facts):
    """`visits` of nobody in particular, and `clients`: the same visits, once for each client that they name."""

    visits: list[Visits] = field(default_factory=list)
    clients: list[Visits] = field(default_factory=list)
    is_detailed: bool = False


def fits(visits: Visits, asked: Filter, buckets: Sequence[str], categories: Mapping[str, Category]) -> bool:
    """Simulation and observation are never direct contact, whatever their category says."""
    category = categories.get(visits.category)
    if category is None or category.bucket not in buckets or visits.phase != asked.phase:
        return False
    is_direct = category.is_direct and category.bucket == Bucket.DIRECT
    return (
        (is_direct or not asked.direct)
        and asked.bucket in ("", category.bucket)
        and asked.category in ("", visits.category)
        and (not asked.roles or visits.role in asked.roles)
    )


def why_not(visits: Visits, buckets: Sequence[str], categories: Mapping[str, Category]) -> str:
    """Why a visit counts for no line at all; empty when it may."""
    category = categories.get(visits.category)
    if visits.status in REASONS:
        return REASONS[visits.status]
    if category is None:
        return f"The category “{visits.category}” is not part of your standard."
    if category.bucket not in buckets:
        return f"{Bucket(category.bucket).label} does not count here."
    return ""


# Gathering ----------------------------------------------------------------------------------------------------------


def gather_visits(
    subjects: Sequence[Subject], as_of: datetime, *, detail: bool, clients: bool
) -> dict[Subject, VisitFacts]:
    """Two queries for enrolments counted whole: as a whole, and by phase. Three for those that are read by rows."""
    facts = {subject: VisitFacts(is_detailed=detail) for subject in subjects}
    whole = {subject.enrolment: facts[subject] for subject in subjects if not detail and subject.is_whole}
    by_rows = [subject for subject in subjects if detail or not subject.is_whole]
    if whole:
        for enrolment, visits in _grouped(whole.keys(), as_of, clients=clients):
            found = whole[enrolment]
            (found.clients if clients else found.visits).append(visits)
    if by_rows:
        _gather_rows(by_rows, facts, as_of)
    return facts


def _grouped(enrolments, as_of: datetime, *, clients: bool) -> Iterator[tuple[int, Visits]]:
    if clients:
        rows = LogClient.objects.filter(log__enrolment__in=enrolments).annotate(
            whose=Coalesce("client__same_as", "client")  # two codes of one client, merged, are one
        )
        phases = rows.annotate(in_phase=F("log__segments__phase"))
    else:
        rows = PracticeLog.objects.filter(enrolment__in=enrolments)
        phases = LogSegment.objects.filter(log__enrolment__in=enrolments).annotate(in_phase=F("phase"))
    path = "log__" if clients else ""
    yield from _counts(rows, as_of, path, clients=clients, by_phase=False)
    yield from _counts(phases, as_of, "log__", clients=clients, by_phase=True)


def _counts(
    rows: QuerySet, as_of: datetime, path: str, *, clients: bool, by_phase: bool
) -> Iterator[tuple[int, Visits]]:
    """A visit has each phase once, so that counting rows counts visits; a client by two merged codes is still one visit."""
    names = [f"{path}enrolment_id", f"{path}category_key", f"{path}role"]
    names += ["whose"] * clients + ["in_phase"] * by_phase
    counted = rows.order_by().values_list(*names)
    what = "log" if clients else "pk"
    counted = counted.annotate(
        approved=Count(what, distinct=clients, filter=approved_then(as_of, path)),
        waiting=Count(what, distinct=clients, filter=waiting_then(as_of, path)),
    )
    for enrolment, category, role, *more, approved, waiting in counted.filter(Q(approved__gt=0) | Q(waiting__gt=0)):
        client = more.pop(0) if clients else 0
        phase = more[0] if by_phase else ""
        for status, number in ((APPROVED, approved), (PENDING, waiting)):
            if number:
                yield enrolment, Visits(category, role, phase, status, number, client)


def _gather_rows(subjects: Sequence[Subject], facts: Mapping[Subject, VisitFacts], as_of: datetime) -> None:
    """Three queries: the visits, their phases and their clients."""
    sent = asked_about(subjects, "log__") & Q(log__submitted_at__lte=as_of)
    phases, clients = defaultdict(list), defaultdict(set)
    for log, phase in LogSegment.objects.filter(sent).order_by("log_id", "position").values_list("log_id", "phase"):
        phases[log].append(phase)
    whose = Coalesce("client__same_as", "client")  # two codes of one client, merged, are one
    for log, client in LogClient.objects.filter(sent).order_by().values_list("log_id", whose):
        clients[log].add(client)
    logs = PracticeLog.objects.filter(asked_about(subjects), submitted_at__lte=as_of).order_by("on", "id")
    for subject, visit, status, (role,) in evidence_of(subjects, logs.values_list(*visit_fields(), "role"), as_of):
        label = ATTESTED if visit.provenance == Provenance.ATTESTED else ""
        for phase in ("", *phases[visit.id]):
            one = Visits(visit.category, role, phase, status, log=visit.id, on=visit.on, label=label)
            facts[subject].visits.append(one)
            facts[subject].clients += [replace(one, client=client) for client in sorted(clients[visit.id])]
