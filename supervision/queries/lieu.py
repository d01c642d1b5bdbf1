"""Attestation in lieu of a supervisor: whether a signer is left for an entry, and who may be the two."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.enrolment.queries import faculty_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role, roles_of, without_barred
from supervision.enums import LieuState, LogState
from supervision.models import Attestation, Placement, PracticeLog, Supervisor
from supervision.queries.adverse import directors_to_tell
from supervision.queries.placement import may_review, may_supervise
from supervision.queries.practice import within_reach

SECONDS = (Role.DIRECTOR, Role.FACULTY)


def signer_left(log: PracticeLog) -> User | Supervisor | None:
    """Who can still decide about an entry: whoever has it now, else another supervisor of the same site."""
    if may_review(log, log.enrolment):
        return log.reviewer or log.placement.decider
    here = Placement.objects.filter(site=log.placement.site_id, declined_at=None)
    here = here.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())).exclude(trainee=log.enrolment.person_id)
    rows = here.select_related("supervisor__person", "covered_by__person").order_by("pk")
    deciders = {one.decider.pk: one.decider for one in rows}
    kept = {log.placement.supervisor_id, log.placement.decider.pk}
    return next((one for pk, one in deciders.items() if pk not in kept and may_supervise(one, log.enrolment)), None)


def role_to_attest(user: User, log: PracticeLog, *roles: Role) -> Role | None:
    """As what she may attest this entry: never her own, never as its supervisor, nobody behind a barrier."""
    enrolment, placement = log.enrolment, log.placement
    supervising = (placement.supervisor.person_id, placement.decider.person_id, log.reviewer_id)
    here = {"program": enrolment.program_id, "cohort": enrolment.cohort_id}
    role = next((role for role in roles if user.is_active and has_role(user, role, **here)), None)
    if role is None or user.pk in (enrolment.person_id, *supervising) or has_barrier(user, enrolment.person_id):
        return None
    return role


def attestations_for(user: User) -> QuerySet[Attestation]:
    """What waits for her as the second person: of trainees within her reach, and not proposed by herself."""
    reach = Q(pk__in=[])
    for role in SECONDS:
        if role in roles_of(user):
            reach |= Q(log__in=PracticeLog.objects.filter(within_reach(user, role)).order_by().values("pk"))
    rows = Attestation.objects.filter(reach, state=LieuState.PROPOSED, expires_at__gt=timezone.now())
    rows = rows.filter(log__state=LogState.SUBMITTED).exclude(proposed_by=user).exclude(trainee=user)
    rows = rows.exclude(log__placement__supervisor__person=user).exclude(log__placement__covered_by__person=user)
    rows = without_barred(rows, user, person="trainee").select_related("trainee", "log", "proposed_by")
    return rows.defer("log__reflection").order_by("expires_at", "id")


def attestation_of(log: PracticeLog) -> Attestation | None:
    """The newest one about an entry, whatever became of it."""
    return log.attestations.select_related("proposed_by", "second").first()


def seconds_for(log: PracticeLog, *, but: User) -> list[User]:
    """Who is asked to confirm: directors and the cohort's faculty."""
    teaching = [grant.person for grant in faculty_of(log.enrolment.cohort)]
    people = {one.pk: one for one in (*directors_to_tell(log.enrolment), *teaching) if one.pk != but.pk}
    return [one for one in people.values() if role_to_attest(one, log, *SECONDS)]
