"""Visits that two trainees held together: who may be proposed, what is proposed to whom, how many visits there were."""

from collections.abc import Collection

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, QuerySet

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.accounts.queries import without_barred
from lms.web.prepared import PreparedQuery
from supervision.enums import LogState, ShareState
from supervision.models import PracticeLog, SharedVisit


def co_therapists_of(enrolment: Enrolment) -> QuerySet[Enrolment]:
    """The trainees with whom a visit can be shared: of the same program and cohort, nobody behind a barrier."""
    rows = co_therapists_in(enrolment.program_id, enrolment.cohort_id, trainee=enrolment.person_id)
    return rows.select_related("person")


def co_therapists_in(program: int, cohort: int, *, trainee: int) -> QuerySet[Enrolment]:
    """The same by ids."""
    others = Enrolment.objects.filter(program=program, cohort=cohort, state__in=OPEN_STATES).exclude(person=trainee)
    return without_barred(others, trainee, person="person_id").order_by("person__display_name", "pk")


def shares_for(user: User | int) -> QuerySet[SharedVisit]:
    """What is proposed to this trainee and waits for her answer."""
    rows = SharedVisit.objects.filter(enrolment__person=user, state=ShareState.PROPOSED)
    rows = rows.exclude(log__state=LogState.VOIDED)
    rows = without_barred(rows, user, person="log__enrolment__person")
    return rows.select_related("log__enrolment__person", "enrolment__person").defer("log__reflection").order_by("id")


def own_shares(enrolment: Enrolment) -> list[SharedVisit]:
    """The same for one of her enrolments."""
    return _own_shares(person=enrolment.person_id, enrolment=enrolment.pk)


_own_shares = PreparedQuery(
    lambda person, enrolment: shares_for(person).filter(enrolment=enrolment),
    person=BigIntegerField(),
    enrolment=BigIntegerField(),
)


def has_shares() -> Exists:
    """Whether a visit is proposed to a person (`OuterRef("pk")`)."""
    return Exists(SharedVisit.objects.filter(enrolment__person=OuterRef("pk"), state=ShareState.PROPOSED).order_by())


def share_about(log: PracticeLog) -> SharedVisit | None:
    """The share that an entry proposed, or that it confirmed."""
    rows = SharedVisit.objects.filter(Q(log=log) | Q(own_log=log)).exclude(state=ShareState.DECLINED)
    return rows.select_related("log__enrolment__person", "enrolment__person").defer("log__reflection").first()


def shares_about(logs: Collection[PracticeLog]) -> dict[int, SharedVisit]:
    """The same for many entries, by the id of each. One query, and none when no visit was shared."""
    ids = [log.pk for log in logs if log.visit]
    if not ids:
        return {}
    rows = SharedVisit.objects.filter(Q(log__in=ids) | Q(own_log__in=ids)).exclude(state=ShareState.DECLINED)
    rows = rows.select_related("log__enrolment__person", "enrolment__person").defer("log__reflection")
    return {pk: share for share in rows.order_by("-id") for pk in (share.log_id, share.own_log_id) if pk in ids}


def sessions_in(logs: QuerySet[PracticeLog]) -> int:
    """How many visits these entries are about: two entries of one shared visit are one."""
    alone = logs.filter(visit=None).count()
    return alone + logs.exclude(visit=None).aggregate(n=Count("visit", distinct=True))["n"]
