"""Who signs: whom a director sees on the desk."""

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from lms.accounts.enums import Role, Scope
from lms.accounts.models import User
from lms.accounts.queries import scope_ids
from supervision.enums import LogState, SupervisorState
from supervision.models import Placement, PracticeLog, Supervisor, SupervisorMove


def supervisors_for_desk(user: User) -> QuerySet[Supervisor]:
    """Everybody for a director of the institute; else those of her own programs' placements, and whom she recorded."""
    rows = Supervisor.objects.select_related("person")
    programs, cohorts = scope_ids(user, Role.DIRECTOR, Scope.PROGRAM), scope_ids(user, Role.DIRECTOR, Scope.COHORT)
    if programs is None or cohorts is None:
        return rows
    within = Q(enrolment__program__in=programs) | Q(enrolment__cohort__in=cohorts)
    placed = Placement.objects.filter(within, supervisor=OuterRef("pk"))
    return rows.filter(Exists(placed) | Q(made_by=user))


def for_desk_list(supervisors: QuerySet[Supervisor]) -> QuerySet[Supervisor]:
    """With how many of her entries wait, those who wait for a verification first."""
    logs = PracticeLog.objects.filter(placement__supervisor=OuterRef("pk"), state=LogState.SUBMITTED).order_by()
    counted = logs.values("placement__supervisor").annotate(n=Count("pk")).values("n")
    waits = Case(When(state=SupervisorState.UNVERIFIED, then=0), default=1)
    return supervisors.annotate(waiting=Coalesce(Subquery(counted), 0)).order_by(waits, "name", "id")


def history_of_supervisor(supervisor: Supervisor) -> list[SupervisorMove]:
    return list(supervisor.moves.select_related("by"))


def placements_under(supervisor: Supervisor) -> QuerySet[Placement]:
    return supervisor.placements.select_related("enrolment__person", "trainee", "site")


def waiting_by_link() -> QuerySet[PracticeLog]:
    """What waits for its placement's own supervisor: nothing that a dispute or a handover gave to another one, nor of
    somebody who is not her trainee."""
    own = PracticeLog.objects.filter(placement__covered_by=None, placement__declined_at=None, reviewer=None)
    return own.filter(state=LogState.SUBMITTED)


def entries_waiting_for(supervisor: Supervisor) -> QuerySet[PracticeLog]:
    """What waits for the signature of somebody without an account."""
    waiting = waiting_by_link().filter(placement__supervisor=supervisor)
    return waiting.order_by("enrolment__person_id", "submitted_at", "id")
