"""Visits that two trainees held together: who may be proposed, what is proposed to whom, how many visits there were."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from courses.enrolment.enums import OPEN_STATES
from courses.enrolment.models import Enrolment
from lms.accounts.models import User
from lms.accounts.queries import without_barred
from supervision.enums import LogState, ShareState
from supervision.models import PracticeLog, SharedVisit


def co_therapists_of(enrolment: Enrolment) -> QuerySet[Enrolment]:
    """The trainees with whom a visit can be shared: of the same program and cohort, nobody behind a barrier."""
    others = Enrolment.objects.filter(
        program=enrolment.program_id, cohort=enrolment.cohort_id, state__in=OPEN_STATES
    ).exclude(person=enrolment.person_id)
    rows = without_barred(others, enrolment.person, person="person_id").select_related("person")
    return rows.order_by("person__display_name", "pk")


def shares_for(user: User) -> QuerySet[SharedVisit]:
    """What is proposed to this trainee and waits for her answer."""
    rows = SharedVisit.objects.filter(enrolment__person=user, state=ShareState.PROPOSED)
    rows = rows.exclude(log__state=LogState.VOIDED)
    rows = without_barred(rows, user, person="log__enrolment__person")
    return rows.select_related("log__enrolment__person", "enrolment__person").defer("log__reflection").order_by("id")


def has_shares() -> Exists:
    """Whether a visit is proposed to a person (`OuterRef("pk")`)."""
    return Exists(SharedVisit.objects.filter(enrolment__person=OuterRef("pk"), state=ShareState.PROPOSED).order_by())


def share_about(log: PracticeLog) -> SharedVisit | None:
    """The share that an entry proposed, or that it confirmed."""
    rows = SharedVisit.objects.filter(Q(log=log) | Q(own_log=log)).exclude(state=ShareState.DECLINED)
    return rows.select_related("log__enrolment__person", "enrolment__person").defer("log__reflection").first()


def sessions_in(logs: QuerySet[PracticeLog]) -> int:
    """How many visits these entries are about: two entries of one shared visit are one."""
    alone = logs.filter(visit=None).count()
    return alone + logs.exclude(visit=None).aggregate(n=Count("visit", distinct=True))["n"]
