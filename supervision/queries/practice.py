"""Practice logs: who may read which. Fetching is the permission check."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import faculty_of
from courses.standards.contract import Category
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_role, people_with_role, roles_of, scope_ids, without_barred
from lms.audit.models import AuditEntry
from lms.audit.queries import entries_about
from lms.web.prepared import PreparedQuery
from lms.web.templatetags.ui import minutes
from supervision.enums import COUNTING, SENT, LogState
from supervision.models import LogMove, PracticeCredit, PracticeLog, SignOff
from supervision.queries.placement import categories_by_version
from supervision.rules import Visit

VISIT_COLUMNS = (
    *("on", "starts_at", "time_zone", "category_key", "role", "route", "modality", "format", "group_size"),
    *("touch_used", "touch_agreed_before", "adverse_event", "client_consented", "reflection"),
)
ROW_READERS = (Role.DIRECTOR, Role.FACULTY)


def full_logs() -> QuerySet[PracticeLog]:
    """Entries with all that a page shows of them."""
    return (
        PracticeLog.objects.select_related(
            "enrolment__person",
            "enrolment__standard_version",
            "placement__supervisor__person",
            "placement__covered_by__person",
            "placement__site",
            "reviewer",
        )
        .prefetch_related("segments", "client_rows__client")
        .defer("enrolment__standard_version__data")
    )


def for_list(logs: QuerySet[PracticeLog]) -> QuerySet[PracticeLog]:
    """The same entries with no more than a line of a list shows; nothing is decrypted for it."""
    light = logs.select_related(None).prefetch_related(None).defer("reflection")
    whose = ("enrolment__person", "placement__supervisor__person", "placement__covered_by__person", "reviewer")
    return light.select_related(*whose, "placement__site")


def labels_of(logs: Iterable[PracticeLog]) -> dict[int, str]:
    """The label of each entry's category in its trainee's pinned standard, by the entry's id."""
    logs = list(logs)
    categories = categories_by_version(log.enrolment.standard_version_id for log in logs)
    return {log.pk: label_of(log.category_key, categories[log.enrolment.standard_version_id]) for log in logs}


def own_logs(user: User) -> QuerySet[PracticeLog]:
    """A trainee's own log, in every state but discarded; a pause or the end of an enrolment takes nothing away."""
    return full_logs().filter(enrolment__person=user).exclude(state=LogState.VOIDED)


def ways_to_decide(user: User | int) -> list[Q]:
    """The placement's supervisor decides, or who covers it, unless a dispute gave the entry to another one. No entry comes
    in two of these ways, and each has its index: asked with "or", the database reads every entry of everybody."""
    return [
        Q(placement__supervisor__person=user, placement__covered_by=None, reviewer=None),
        Q(placement__covered_by__person=user, reviewer=None),
        Q(reviewer=user),
    ]


def _waiting_for(user: User | int) -> QuerySet:
    submitted = PracticeLog.objects.filter(state=LogState.SUBMITTED).order_by().values("pk")
    first, *others = (submitted.filter(way) for way in ways_to_decide(user))
    return first.union(*others)


def logs_to_review(user: User | int) -> QuerySet[PracticeLog]:
    """What waits for this supervisor's decision, oldest first: of her own placements or given to her after a dispute,
    nobody behind a barrier."""
    waiting = full_logs().filter(pk__in=_waiting_for(user)).exclude(enrolment__person=user)
    return without_barred(waiting, user, person="enrolment__person").order_by("submitted_at", "id")


def logs_for_user(user: User) -> QuerySet[PracticeLog]:
    """Everything this person may read with exact dates: her own; what was sent to her as supervisor; the trainees
    within her reach as director or faculty. Drafts are their writer's alone, and a barrier hides both ways."""
    is_supervisor = Role.SUPERVISOR in roles_of(user)
    hers = Q(placement__supervisor__person=user) | Q(placement__covered_by__person=user) | Q(reviewer=user)
    reach = hers if is_supervisor else Q(pk__in=[])
    for role in ROW_READERS:
        reach |= within_reach(user, role)
    sent = without_barred(PracticeLog.objects.filter(reach, state__in=SENT), user, person="enrolment__person")
    is_sent = Exists(sent.filter(pk=OuterRef("pk")))  # asked of the few rows that a page wants, not of all entries
    return full_logs().filter((Q(enrolment__person=user) & ~Q(state=LogState.VOIDED)) | is_sent)


def within_reach(user: User, role: Role) -> Q:
    """The logs of the cohorts and programs for which the person holds `role` now."""
    programs, cohorts = scope_ids(user, role, Scope.PROGRAM), scope_ids(user, role, Scope.COHORT)
    if programs is None or cohorts is None:
        return ~Q(pk__in=[])
    return Q(enrolment__program__in=programs) | Q(enrolment__cohort__in=cohorts)


def reads_rows_of(user: User, enrolment: Enrolment) -> bool:
    """Whether staff may read this trainee's entries one by one; a registrar reads totals only."""
    return any(has_role(user, role, program=enrolment.program_id, cohort=enrolment.cohort_id) for role in ROW_READERS)


def reads_totals_of(user: User, enrolment: Enrolment) -> bool:
    roles = (*ROW_READERS, Role.REGISTRAR)
    return any(has_role(user, role, program=enrolment.program_id, cohort=enrolment.cohort_id) for role in roles)


def approved_hours_of(enrolments: Iterable[Enrolment]) -> dict[int, str]:
    """How much practice is approved, in words, by enrolment. One query."""
    sums = (
        PracticeCredit.objects.filter(log__enrolment__in=list(enrolments), log__state__in=COUNTING)
        .values_list("log__enrolment_id")
        .annotate(total=Sum("minutes"))
        .order_by("log__enrolment_id")
    )
    return {enrolment: f"{minutes(total)} practice" for enrolment, total in sums}


def history_of(log: PracticeLog) -> list[LogMove]:
    return list(log.moves.select_related("by"))


def changes_of(log: PracticeLog) -> list[AuditEntry]:
    """When what was written was changed, and by whom."""
    return list(entries_about(log).filter(action="supervision.log.edited").select_related("actor"))


def sign_offs_of(log: PracticeLog) -> list[SignOff]:
    return list(log.sign_offs.select_related("signer", "link", "redaction", "attestation"))


def reasons_of(logs: Iterable[PracticeLog]) -> dict[int, str]:
    """Why each returned entry was returned last, by its id. One query."""
    ids = [log.pk for log in logs if log.state == LogState.RETURNED]
    moves = LogMove.objects.filter(log__in=ids, new=LogState.RETURNED).order_by("id") if ids else ()
    return {move.log_id: move.reason for move in moves}


class LogLine(NamedTuple):
    """What a line of a trainee's own log shows of an entry; `why` it was returned last among it."""

    pk: int
    on: date
    starts_at: time
    category_key: str
    role: str
    minutes: int
    flags: list[dict]
    state: str
    provenance: str
    supersedes_id: int | None
    why: str | None


def own_lines(enrolment: Enrolment, state: str = "") -> Callable[[int, int], list[LogLine]]:
    """Reads a part of a trainee's own log, the latest first, in one state if asked for: `read(first, most)`."""
    query, given = (_lines_in_state, {"state": state}) if state else (_lines, {})

    def read(first: int, most: int) -> list[LogLine]:
        return [LogLine(*row) for row in query.part(first, most, enrolment=enrolment.pk, **given)]

    return read


def _own_lines(enrolment, **state) -> QuerySet:
    returns = LogMove.objects.filter(log=OuterRef("pk"), log__state=LogState.RETURNED, new=LogState.RETURNED)
    logs = PracticeLog.objects.filter(enrolment=enrolment, **state).exclude(state=LogState.VOIDED)
    logs = logs.annotate(why=Subquery(returns.order_by("-id").values("reason")[:1]))
    return logs.values_list(*LogLine._fields)


_lines = PreparedQuery(_own_lines, enrolment=BigIntegerField())
_lines_in_state = PreparedQuery(_own_lines, enrolment=BigIntegerField(), state=CharField())


def label_of(key: str, categories: dict[str, Category]) -> str:
    return categories[key].label if key in categories else key


def visit_of(log: PracticeLog) -> Visit:
    """The entry as plain values, for the rules and for what is signed."""
    return Visit(
        segments=tuple((segment.phase, segment.minutes) for segment in log.segments.all()),
        clients=frozenset(row.client_id for row in log.client_rows.all()),
        **{name: getattr(log, name) for name in VISIT_COLUMNS},
    )


def logged_at(log: PracticeLog) -> datetime:
    """When the visit was first written: a correction is as old as the entry that it corrects."""
    return first_written([log])[log.pk]


def first_written(logs: Iterable[PracticeLog]) -> dict[int, datetime]:
    """The same of many, by id. One query for each correction of a correction."""
    logs = list(logs)
    written = {log.pk: log.written_at for log in logs}
    older = {log.pk: log.supersedes_id for log in logs if log.supersedes_id}
    while older:
        rows = PracticeLog.objects.filter(pk__in=set(older.values())).order_by()
        found = {pk: (at, before) for pk, at, before in rows.values_list("pk", "written_at", "supersedes")}
        written |= {pk: found[old][0] for pk, old in older.items()}
        older = {pk: found[old][1] for pk, old in older.items() if found[old][1]}
    return written


def dispute_owner(log: PracticeLog) -> User | None:
    """Who answers a dispute of this entry: the cohort's faculty, else a director; never the supervisor or the trainee,
    and nobody behind a barrier from the trainee."""
    enrolment = log.enrolment
    apart = {log.placement.supervisor.person_id, log.placement.decider.person_id, log.reviewing_id, enrolment.person_id}
    teaching = [grant.person_id for grant in faculty_of(enrolment.cohort) if grant.person_id not in apart]
    for people in (
        User.objects.filter(pk__in=teaching, is_active=True),
        people_with_role(Role.DIRECTOR).exclude(pk__in=apart),
    ):
        owner = without_barred(people, enrolment.person, person="pk").order_by("pk").first()
        if owner:
            return owner
    return None
