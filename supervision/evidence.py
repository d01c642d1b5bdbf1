"""What visits and prior hours are worth as evidence at a moment: approved, waiting, or why they do not count.

For everything that practice answers: minutes, visits and clients, supervision. The same rules are told twice, as a condition
for sums over any number of trainees and of single rows for the detail of one; tests hold them against each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from courses.standards.contract import Subject
from lms.web.prepared import PreparedQuery
from supervision.enums import LogState, PriorState
from supervision.models import PriorHours

APPROVED, PENDING, RETURNED, REPLACED, QUESTIONED = "approved", "pending", "returned", "replaced", "questioned"
ATTESTED = ", attested in lieu of a supervisor"
REASONS = {
    RETURNED: "Returned, and not sent again yet.",
    REPLACED: "Replaced by a corrected entry.",
    QUESTIONED: "Under review: a paper of the supervisor may not have been valid on that day. A program director decides, and tells you.",
}


# Whom it is about -----------------------------------------------------------------------------------------------------


def is_about(subject: Subject, enrolment: int, person: int) -> bool:
    """Of its enrolment, or of the person where a subject has none."""
    return enrolment == subject.enrolment if subject.enrolment else person == subject.person


def asked_about(subjects: Iterable[Subject], path: str = "") -> Q:
    """What may be theirs, as `is_about`."""
    enrolments = [subject.enrolment for subject in subjects if subject.enrolment]
    people = [subject.person for subject in subjects if not subject.enrolment]
    return Q(**{f"{path}enrolment__in": enrolments}) | Q(**{f"{path}enrolment__person__in": people})


# Visits: as conditions ------------------------------------------------------------------------------------------------


def approved_then(as_of: datetime, path: str = "") -> Q:
    """Credited by then, not withdrawn since, and not yet replaced.

    Of several withdrawals the last is known: what an entry was worth between two earlier ones is told as credited.
    """
    q = Q(**{f"{path}credit__at__lte": as_of})
    kept = Q(**{f"{path}withdrawn_at": None}) | Q(**{f"{path}withdrawn_at__gt": as_of})
    q &= kept | Q(**{f"{path}credited_at__lte": as_of})
    return q & (Q(**{f"{path}superseded_at": None}) | Q(**{f"{path}superseded_at__gt": as_of}))


def waiting_then(as_of: datetime, path: str = "") -> Q:
    """Sent by then and not decided by then. An entry taken back has no time of sending; a correction adds no hours
    while the entry that it corrects still counts."""
    sent = Q(**{f"{path}submitted_at__lte": as_of, f"{path}supersedes": None})
    undecided = Q(**{f"{path}state": LogState.SUBMITTED}) | Q(**{f"{path}decided_at__gt": as_of})
    return sent & undecided


def questioned_then(as_of: datetime, path: str = "") -> Q:
    """Under review now, since then or before."""
    return Q(**{f"{path}state": LogState.QUESTIONED, f"{path}withdrawn_at__lte": as_of})


def returned_then(as_of: datetime, path: str = "") -> Q:
    """Sent and returned by then and still so, or approved once and withdrawn by then."""
    returned = Q(
        **{f"{path}state": LogState.RETURNED, f"{path}submitted_at__lte": as_of, f"{path}decided_at__lte": as_of}
    )
    return returned & (Q(**{f"{path}credit": None}) | Q(**{f"{path}withdrawn_at__lte": as_of}))


# Visits: row by row ---------------------------------------------------------------------------------------------------


class Visit(NamedTuple):
    """An entry as far as evidence is concerned, read in the order of `visit_fields`."""

    id: int
    enrolment: int
    person: int
    on: date
    began_at: datetime
    category: str
    state: str
    provenance: str
    supersedes: int | None
    decided_at: datetime | None
    credit_at: datetime | None
    credited_at: datetime | None
    withdrawn_at: datetime | None
    superseded_at: datetime | None


FIELDS = (
    *("pk", "enrolment_id", "enrolment__person_id", "on", "began_at", "category_key", "state", "provenance"),
    *("supersedes_id", "decided_at", "credit__at", "credited_at", "withdrawn_at", "superseded_at"),
)


def visit_fields(path: str = "") -> list[str]:
    """What to ask for first in `values_list`; more may follow."""
    return [f"{path}{name}" for name in FIELDS]


def status_of_visit(visit: Visit, as_of: datetime) -> str:
    """Of an entry that was sent by then; "" for one that says nothing, such as a correction that waits."""
    if visit.credit_at and visit.credit_at <= as_of and not _is_withdrawn(visit, as_of):
        return REPLACED if visit.superseded_at and visit.superseded_at <= as_of else APPROVED
    if visit.state == LogState.SUBMITTED or (visit.decided_at and visit.decided_at > as_of):
        return "" if visit.supersedes else PENDING
    return {LogState.RETURNED: RETURNED, LogState.QUESTIONED: QUESTIONED}.get(LogState(visit.state), "")


def _is_withdrawn(visit: Visit, as_of: datetime) -> bool:
    again = visit.credited_at is not None and visit.credited_at <= as_of
    return visit.withdrawn_at is not None and visit.withdrawn_at <= as_of and not again


def evidence_of(
    subjects: Sequence[Subject], rows: Iterable[tuple], as_of: datetime
) -> Iterator[tuple[Subject, Visit, str, tuple]]:
    """Each row of `visit_fields` with whose evidence it is, its status then, and what else the row brought."""
    for row in rows:
        visit, more = Visit(*row[: len(FIELDS)]), row[len(FIELDS) :]
        if status := status_of_visit(visit, as_of):
            for subject in subjects:
                if is_about(subject, visit.enrolment, visit.person) and subject.spans(visit.began_at):
                    yield subject, visit, status, more


# Prior hours ----------------------------------------------------------------------------------------------------------


def prior_evidence(subjects: Iterable[Subject], as_of: datetime) -> Iterator[tuple[Subject, PriorHours, str]]:
    """The hours brought along to enrolments counted whole, as they stood then; no renewal counts them. One query."""
    whole = {subject.enrolment: subject for subject in subjects if subject.is_whole}
    if len(whole) == 1:
        rows = _prior_of_one(enrolment=next(iter(whole)), as_of=as_of)
    else:
        rows = _sent_by(as_of).filter(enrolment__in=whole.keys())
    for row in rows:
        if status := _status_of_prior(row, as_of):
            yield whole[row.enrolment_id], row, status


def _sent_by(as_of) -> QuerySet[PriorHours]:
    return PriorHours.objects.filter(submitted_at__lte=as_of).defer("note").order_by("began_on", "id")


_prior_of_one = PreparedQuery(
    lambda enrolment, as_of: _sent_by(as_of).filter(enrolment=enrolment),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)


def _status_of_prior(row: PriorHours, as_of: datetime) -> str:
    if row.state in (PriorState.APPROVED, PriorState.SUPERSEDED) and row.decided_at <= as_of:
        return REPLACED if row.superseded_at and row.superseded_at <= as_of else APPROVED
    if row.state == PriorState.VOIDED:
        return ""
    if row.state == PriorState.SUBMITTED or row.decided_at > as_of:
        return "" if row.supersedes_id else PENDING
    return RETURNED
