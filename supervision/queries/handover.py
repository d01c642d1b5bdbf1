"""What is open with a supervisor, within a director's reach. Fetching is the permission check."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import people_with_role, roles_of, without_barred
from supervision.enums import EDITABLE, MAY_SIGN, LogState
from supervision.models import Handover, Placement, PracticeLog, SessionAttendance, SupervisionSession, Supervisor
from supervision.queries.practice import within_reach
from supervision.sessions.enums import TO_ANSWER, SessionState

UNDECIDED = (LogState.SUBMITTED, *EDITABLE)


def decided_by(supervisor: Supervisor) -> Q:
    """Placements and sessions about which she decides: her own, unless another covers them, and those that she covers."""
    return Q(supervisor=supervisor, covered_by=None) | Q(covered_by=supervisor)


def open_placements(director: User) -> QuerySet[Placement]:
    """Placements within her reach that are in force, or whose entries nobody has decided about; never of herself, and of
    nobody behind a barrier from her."""
    if Role.DIRECTOR not in roles_of(director):
        return Placement.objects.none()
    undecided = PracticeLog.objects.filter(placement=OuterRef("pk"), state__in=UNDECIDED)
    in_force = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    rows = Placement.objects.filter(within_reach(director, Role.DIRECTOR)).filter(in_force | Exists(undecided))
    return without_barred(rows.exclude(trainee=director), director, person="trainee")


def supervisors_with_work(director: User) -> QuerySet[Supervisor]:
    """Whoever decides about an open placement, with how many there are."""
    mine = open_placements(director)
    own = Count("placements", filter=Q(placements__in=mine, placements__covered_by=None), distinct=True)
    covered = Count("covered_placements", filter=Q(covered_placements__in=mine), distinct=True)
    rows = Supervisor.objects.annotate(open_work=own + covered).filter(open_work__gt=0)
    return rows.select_related("person").order_by("name", "pk")


@dataclass(frozen=True)
class Caseload:
    """Everything that moves when a supervisor's work is handed over."""

    placements: list[Placement]
    entries: list[PracticeLog]
    sessions: list[SupervisionSession]

    @property
    def enrolments(self) -> list:
        rows = [
            *self.placements,
            *self.entries,
            *(one for session in self.sessions for one in session.attendances.all()),
        ]
        return list({row.enrolment_id: row.enrolment for row in rows}.values())


def caseload_of(supervisor: Supervisor, director: User, *, of: Supervisor | None = None) -> Caseload:
    """Open placements; entries that wait for her, of these or given to her after a dispute; sessions that are planned, not
    confirmed, or objected to. `of`: only what she covers for this other supervisor. A fixed number of queries."""
    hers = Q(covered_by=supervisor, supervisor=of) if of else decided_by(supervisor)
    placements = open_placements(director).filter(hers)
    rows = placements.select_related("enrolment__person", "supervisor__person", "covered_by__person", "site")
    held = list(rows.order_by("trainee__display_name", "pk"))
    given = Q(reviewer=supervisor.person_id) if supervisor.person_id and of is None else Q(pk__in=[])
    given &= within_reach(director, Role.DIRECTOR)
    waiting = PracticeLog.objects.filter(
        Q(placement__in=[one.pk for one in held], reviewer=None, state=LogState.SUBMITTED)
        | Q(given, state__in=UNDECIDED)
    )
    waiting = without_barred(waiting.exclude(enrolment__person=director), director, person="enrolment__person")
    waiting = waiting.select_related("enrolment__person", "placement__site").defer("reflection")
    return Caseload(held, list(waiting.order_by("submitted_at", "pk")), _open_sessions(hers, director))


def _open_sessions(hers: Q, director: User) -> list[SupervisionSession]:
    reach = Placement.objects.filter(within_reach(director, Role.DIRECTOR)).exclude(trainee=director)
    reach = without_barred(reach, director, person="trainee").values("enrolment")
    is_open = Q(state=SessionState.PLANNED) | Q(state=SessionState.LOGGED)
    is_open |= Q(state=SessionState.HELD, attendances__state__in=TO_ANSWER)
    rows = SupervisionSession.objects.filter(hers).filter(is_open)
    rows = rows.exclude(attendances__in=_out_of(reach)).distinct()
    return list(rows.prefetch_related("attendances__enrolment__person").defer("feedback").order_by("began_at", "pk"))


def _out_of(enrolments: QuerySet) -> QuerySet:
    """Attendances of trainees who are not hers: a session with one of them is not hers to move."""
    return SessionAttendance.objects.exclude(enrolment__in=enrolments).values("pk")


def covered_for(load: Caseload) -> list[Supervisor]:
    """For whom she covers some of it: those to whom it can be given back alone."""
    found = {one.supervisor_id: one.supervisor for one in load.placements if one.covered_by_id}
    return sorted(found.values(), key=lambda one: (one.name, one.pk))


def possible_takers(giver: Supervisor) -> QuerySet[User]:
    """Whoever holds the role and has an account: what was given over is signed by her at once."""
    people = people_with_role(Role.SUPERVISOR).exclude(pk=giver.person_id or 0)
    return people.exclude(supervising__in=Supervisor.objects.exclude(state__in=MAY_SIGN))


def handovers_of(supervisor: Supervisor) -> list[Handover]:
    """What was handed over from her or to her, the newest first."""
    rows = Handover.objects.filter(Q(giver=supervisor) | Q(taker=supervisor))
    return list(rows.select_related("giver__person", "taker__person", "by").order_by("-id")[:10])
