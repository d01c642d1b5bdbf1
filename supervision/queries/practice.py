"""Practice logs: who may read which. Fetching is the permission check."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import faculty_of
from courses.standards.contract import Category
from courses.standards.models import StandardVersion
from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import has_role, people_with_role, roles_of, scope_ids, without_barred
from lms.audit.models import AuditEntry
from lms.audit.queries import entries_about
from lms.web.templatetags.ui import minutes
from supervision.enums import COUNTING, OCCUPYING, SENT, LogState
from supervision.models import LogMove, LogSegment, Placement, PracticeCredit, PracticeLog, SignOff
from supervision.queries.measures import approves_as, practice_of, qualifications_on, training_of
from supervision.queries.placement import categories_in, categories_of
from supervision.rules import Other, Surroundings, Visit, weeks_of
from supervision.sessions.overlap import sessions_at

VISIT_COLUMNS = (
    *("on", "starts_at", "time_zone", "category_key", "role", "route", "modality", "format", "group_size"),
    *("touch_used", "touch_agreed_before", "adverse_event", "client_consented", "reflection"),
)
ROW_READERS = (Role.DIRECTOR, Role.FACULTY)


def full_logs() -> QuerySet[PracticeLog]:
    """Entries with all that a page shows of them."""
    return PracticeLog.objects.select_related(
        "enrolment__person",
        "enrolment__standard_version",
        "placement__supervisor__person",
        "placement__site",
        "reviewer",
    ).prefetch_related("segments", "client_rows__client")


def for_list(logs: QuerySet[PracticeLog]) -> QuerySet[PracticeLog]:
    """The same entries with no more than a line of a list shows; nothing is decrypted for it."""
    light = logs.select_related(None).prefetch_related(None).defer("reflection")
    return light.select_related("enrolment__person", "placement__supervisor__person", "placement__site", "reviewer")


def labels_of(logs: Iterable[PracticeLog]) -> dict[int, str]:
    """The label of each entry's category in its trainee's pinned standard, by the entry's id. One query."""
    logs = list(logs)
    versions = StandardVersion.objects.in_bulk({log.enrolment.standard_version_id for log in logs})
    categories = {pk: categories_in(version) for pk, version in versions.items()}
    return {log.pk: label_of(log.category_key, categories[log.enrolment.standard_version_id]) for log in logs}


def own_logs(user: User) -> QuerySet[PracticeLog]:
    """A trainee's own log, in every state but discarded; a pause or the end of an enrolment takes nothing away."""
    return full_logs().filter(enrolment__person=user).exclude(state=LogState.VOIDED)


def _waiting_for(user: User) -> QuerySet:
    """The placement's supervisor reviews, unless a dispute gave the entry to another one.

    Two questions, for each has its index: asked with "or", the database reads every entry of everybody.
    """
    submitted = PracticeLog.objects.filter(state=LogState.SUBMITTED).order_by().values("pk")
    return submitted.filter(placement__supervisor__person=user, reviewer=None).union(submitted.filter(reviewer=user))


def logs_to_review(user: User) -> QuerySet[PracticeLog]:
    """What waits for this supervisor's decision, oldest first: of her own placements or given to her after a dispute,
    nobody behind a barrier."""
    waiting = full_logs().filter(pk__in=_waiting_for(user)).exclude(enrolment__person=user)
    return without_barred(waiting, user, person="enrolment__person").order_by("submitted_at", "id")


def logs_for_user(user: User) -> QuerySet[PracticeLog]:
    """Everything this person may read with exact dates: her own; what was sent to her as supervisor; the trainees
    within her reach as director or faculty. Drafts are their writer's alone, and a barrier hides both ways."""
    is_supervisor = Role.SUPERVISOR in roles_of(user)
    reach = Q(placement__supervisor__person=user) | Q(reviewer=user) if is_supervisor else Q(pk__in=[])
    for role in ROW_READERS:
        reach |= _reach(user, role)
    sent = without_barred(PracticeLog.objects.filter(reach, state__in=SENT), user, person="enrolment__person")
    is_sent = Exists(sent.filter(pk=OuterRef("pk")))  # asked of the few rows that a page wants, not of all entries
    return full_logs().filter((Q(enrolment__person=user) & ~Q(state=LogState.VOIDED)) | is_sent)


def _reach(user: User, role: Role) -> Q:
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
    return list(log.sign_offs.select_related("signer"))


def reasons_of(logs: Iterable[PracticeLog]) -> dict[int, str]:
    """Why each returned entry was returned last, by its id. One query."""
    ids = [log.pk for log in logs if log.state == LogState.RETURNED]
    moves = LogMove.objects.filter(log__in=ids, new=LogState.RETURNED).order_by("id") if ids else ()
    return {move.log_id: move.reason for move in moves}


@dataclass(frozen=True)
class CategoryTotal:
    label: str
    approved: int
    waiting: int


def totals_by_category(enrolment: Enrolment, categories: dict[str, Category]) -> list[CategoryTotal]:
    """Minutes approved and waiting per category, in the order of the standard; a correction adds none. One query."""
    sums = (
        LogSegment.objects.filter(log__enrolment=enrolment)
        .values(key=F("log__category_key"))
        .annotate(
            approved=Sum("minutes", filter=Q(log__state__in=COUNTING), default=0),
            waiting=Sum("minutes", filter=Q(log__state=LogState.SUBMITTED, log__supersedes=None), default=0),
        )
        .filter(Q(approved__gt=0) | Q(waiting__gt=0))
    )
    order = {key: place for place, key in enumerate(categories)}
    rows = sorted(sums, key=lambda row: (order.get(row["key"], len(order)), row["key"]))
    return [CategoryTotal(label_of(row["key"], categories), row["approved"], row["waiting"]) for row in rows]


def label_of(key: str, categories: dict[str, Category]) -> str:
    return categories[key].label if key in categories else key


def surroundings_of(
    visit: Visit,
    enrolment: Enrolment,
    placement: Placement,
    *,
    now: datetime,
    ignore: set[int],
    logged_at: datetime | None = None,
    approver: User | None = None,
) -> Surroundings:
    """What a visit is measured against, read under the lock that the caller holds. `ignore`: the entry itself and
    the one it corrects. `approver`: whoever decides, if not the placement's supervisor."""
    others = PracticeLog.objects.filter(
        enrolment__person=enrolment.person_id,
        state__in=OCCUPYING,
        began_at__lt=visit.ended_at,
        ended_at__gt=visit.began_at,
    ).exclude(pk__in=ignore)
    rows = others.values_list("began_at", "ended_at", "on", "starts_at").order_by("began_at", "id")
    categories, practice = categories_of(enrolment), practice_of(enrolment)
    approver = approver or placement.supervisor.person  # None: she has no account, and signs by a link
    return Surroundings(
        now=now,
        enrolled_on=enrolment.enrolled_on,
        enrolment_state=enrolment.state,
        placement_starts=placement.starts_on,
        placement_ends=placement.ends_on,
        categories=categories,
        own_codes=frozenset(enrolment.client_codes.filter(pk__in=visit.clients).values_list("pk", flat=True)),
        others=tuple(
            Other(began, ended, f"{on.day} {on:%b %Y}, {starts_at:%H:%M}") for began, ended, on, starts_at in rows
        )
        + tuple(Other(*session) for session in sessions_at(enrolment.person_id, visit.began_at, visit.ended_at)),
        practice=practice,
        logged_at=logged_at or now,
        zone=enrolment.person.time_zone,
        near=_visits_near(visit, enrolment, ignore) if practice.weekly else (),
        training=training_of(enrolment, practice.training.lessons) if practice.training else (),
        valid=qualifications_on(approver, visit.on) if practice.supervisor else frozenset(),
        approves_as=approves_as(approver, enrolment, visit.on),
    )


def _visits_near(visit: Visit, enrolment: Enrolment, ignore: set[int]) -> tuple[tuple[datetime, datetime], ...]:
    """The other visits of this enrolment in the weeks of this one; a correction that is not approved adds none."""
    weeks = weeks_of(visit.began_at, visit.ended_at, ZoneInfo(enrolment.person.time_zone))
    if not weeks:
        return ()
    rows = PracticeLog.objects.filter(
        enrolment=enrolment, state__in=OCCUPYING, began_at__lt=weeks[-1][2], ended_at__gt=weeks[0][1]
    ).exclude(pk__in=ignore)
    rows = rows.exclude(Q(supersedes__isnull=False) & ~Q(state__in=COUNTING))
    return tuple(rows.values_list("began_at", "ended_at").order_by("began_at", "id"))


def visit_of(log: PracticeLog) -> Visit:
    """The entry as plain values, for the rules and for what is signed."""
    return Visit(
        segments=tuple((segment.phase, segment.minutes) for segment in log.segments.all()),
        clients=frozenset(row.client_id for row in log.client_rows.all()),
        **{name: getattr(log, name) for name in VISIT_COLUMNS},
    )


def logged_at(log: PracticeLog) -> datetime:
    """When the visit was first written: a correction is as old as the entry that it corrects."""
    first = log
    while first.supersedes_id:
        first = first.supersedes
    return first.written_at


def dispute_owner(log: PracticeLog) -> User | None:
    """Who answers a dispute of this entry: the cohort's faculty, else a director; never the supervisor or the trainee,
    and nobody behind a barrier from the trainee."""
    enrolment = log.enrolment
    apart = {log.placement.supervisor.person_id, log.reviewing_id, enrolment.person_id}
    teaching = [grant.person_id for grant in faculty_of(enrolment.cohort) if grant.person_id not in apart]
    for people in (
        User.objects.filter(pk__in=teaching, is_active=True),
        people_with_role(Role.DIRECTOR).exclude(pk__in=apart),
    ):
        owner = without_barred(people, enrolment.person, person="pk").order_by("pk").first()
        if owner:
            return owner
    return None
