"""Placements, and who may supervise whom."""

from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from courses.enrolment.models import Enrolment
from courses.standards.contract import Category
from courses.standards.enums import Bucket
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role, people_with_role, without_barred
from lms.web.memory import remember
from supervision.enums import MAY_SIGN, LogState
from supervision.models import ClientCode, LogClient, LogSegment, Placement, PracticeLog, Supervisor
from supervision.rules.address import address_key

LOGGABLE = (Bucket.DIRECT, Bucket.OBSERVED, Bucket.SIMULATED, Bucket.SUPERVISION, Bucket.INDIRECT)


def categories_of(enrolment: Enrolment) -> dict[str, Category]:
    """The categories of the trainee's pinned standard that a visit can have, bucket by bucket; never the live ones.

    Teaching and personal experience are evidence of other kinds and stand in no practice log.
    """
    return categories_in(enrolment.standard_version)


def categories_by_version(ids: Iterable[int]) -> dict[int, dict[str, Category]]:
    """The same of versions by their ids. A published version never changes, so each is read once in a process."""
    return {pk: _categories_of(pk) for pk in set(ids)}


@remember(seconds=3600, most=200)
def _categories_of(version: int) -> dict[str, Category]:
    return categories_in(StandardVersion.objects.defer("data").get(pk=version))


def categories_in(version: StandardVersion) -> dict[str, Category]:
    offered = [category for category in definition_of(version).categories.values() if category.bucket in LOGGABLE]
    return {category.key: category for category in sorted(offered, key=_place)}


def visit_categories(enrolment: Enrolment, *, named_by: PracticeLog | None = None) -> dict[str, Category]:
    """What the form of a visit offers. Supervision and consultation received are logged as sessions; an entry of before
    that names such a category keeps it."""
    kept = named_by.category_key if named_by else ""
    offered = categories_of(enrolment)
    return {key: one for key, one in offered.items() if one.bucket != Bucket.SUPERVISION or key == kept}


def _place(category: Category) -> tuple:
    return LOGGABLE.index(category.bucket), category.label, category.key


def placements_of(enrolment: Enrolment | int) -> QuerySet[Placement]:
    return Placement.objects.filter(enrolment=enrolment).select_related(
        "supervisor__person", "covered_by__person", "site"
    )


def placements_open_to_logging(enrolment: Enrolment | int, *, trainee: User | int) -> QuerySet[Placement]:
    """The placements of which a visit can be logged; without those whose supervisor stands behind a barrier
    or said that this is not her trainee."""
    return without_barred(placements_of(enrolment).filter(declined_at=None), trainee, person="supervisor__person")


def supervisors_for(enrolment: Enrolment) -> QuerySet[User]:
    """Who may be set as this trainee's supervisor."""
    return without_barred(people_with_role(Role.SUPERVISOR), enrolment.person, person="pk").exclude(
        pk=enrolment.person_id
    )


def can_supervise(supervisor: User, enrolment: Enrolment) -> bool:
    """Is not the trainee, holds the role now for this trainee, and no barrier stands between the two."""
    return enrolment.pk in supervised_by(supervisor, [enrolment])


def supervised_by(supervisor: User, enrolments: Iterable[Enrolment]) -> set[int]:
    """The ids of those among the enrolments whose trainee she can supervise now. One query, for the barriers."""
    held = [
        one
        for one in enrolments
        if supervisor.is_active
        and one.person_id != supervisor.pk
        and has_role(supervisor, Role.SUPERVISOR, program=one.program_id, cohort=one.cohort_id)
    ]
    if not held:
        return set()
    people = User.objects.filter(pk__in={one.person_id for one in held}).order_by()
    free = set(without_barred(people, supervisor, person="pk").values_list("pk", flat=True))
    return {one.pk for one in held if one.person_id in free}


def supervisors_without_account(enrolment: Enrolment) -> QuerySet[Supervisor]:
    """Who signs by a link and may be set as this trainee's supervisor."""
    known = Supervisor.objects.filter(person=None, state__in=MAY_SIGN)
    return known.exclude(address_key=address_key(enrolment.person.email))


def may_supervise(supervisor: Supervisor, enrolment: Enrolment) -> bool:
    """With an account she holds the role now; without one she is neither refused nor suspended. Never the trainee."""
    if supervisor.state not in MAY_SIGN or supervisor.address_key == address_key(enrolment.person.email):
        return False
    return supervisor.person is None or can_supervise(supervisor.person, enrolment)


def may_review(log: PracticeLog, enrolment: Enrolment) -> bool:
    """Whether somebody can decide about this entry now: the placement's supervisor, or who has it after a dispute."""
    if log.reviewer:
        return can_supervise(log.reviewer, enrolment)
    return log.placement.declined_at is None and may_supervise(log.placement.decider, enrolment)


def client_codes_of(enrolment: Enrolment | int, *, named_by: PracticeLog | None = None) -> QuerySet[ClientCode]:
    """The trainee's codes with the last day and phase each was used in, the latest first.

    A merged code is offered no more, except to the entry that names it; its visits are those of the code it points to.
    """
    codes = ClientCode.objects.filter(enrolment=enrolment)
    offered = Q(same_as=None)
    codes = codes.filter(offered | Q(log_rows__log=named_by)).distinct() if named_by else codes.filter(offered)
    last = visits_of_code()
    codes = codes.annotate(last_on=Subquery(last.values("log__on")[:1]), last_phase=Subquery(last.values(PHASE)[:1]))
    return codes.order_by(F("last_on").desc(nulls_first=True), "-id")


PHASE = "last_phase_of_log"


def visits_of_code() -> QuerySet[LogClient]:
    """The visits of a code (`OuterRef("pk")`) and of those that point to it, the latest first, each with its last phase."""
    # Asked of the codes first: with "or" over both tables every visit of everybody is read.
    one = OuterRef(OuterRef("pk"))
    same = ClientCode.objects.filter(Q(pk=one) | Q(same_as=one)).order_by()
    segments = LogSegment.objects.filter(log=OuterRef("log")).order_by("-position", "-id")
    rows = LogClient.objects.filter(client__in=same.values("pk")).exclude(log__state=LogState.VOIDED)
    rows = rows.annotate(**{PHASE: Subquery(segments.values("phase")[:1])})
    return rows.order_by("-log__on", "-log__starts_at", "-log_id")


def merged_codes_of(enrolment: Enrolment) -> QuerySet[ClientCode]:
    return ClientCode.objects.filter(enrolment=enrolment, same_as__isnull=False).select_related("same_as")
