"""Which flags of an unusual pace a director reads. Fetching is the permission check."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from supervision.enums import Decision
from supervision.models import PaceFlag, PracticeLog, SessionAttendance, SessionSignature, SignOff, Supervisor
from supervision.queries.practice import within_reach


def paces_for(user: User) -> QuerySet[PaceFlag]:
    """The flags about entries of trainees within her reach as director; never her own."""
    if Role.DIRECTOR not in roles_of(user):
        return PaceFlag.objects.none()
    then = {"signed_at__range": (OuterRef("began_at"), OuterRef("ended_at"))}
    whose = Q(signer=OuterRef("signer")) | Q(link__supervisor=OuterRef("supervisor"))
    reach = within_reach(user, Role.DIRECTOR)
    of_entries = SignOff.objects.filter(whose, log__in=PracticeLog.objects.filter(reach), **then)
    of_sessions = SessionSignature.objects.filter(
        link__supervisor=OuterRef("supervisor"), attendance__in=SessionAttendance.objects.filter(reach), **then
    )
    hers = PaceFlag.objects.filter(Q(signer=None) | ~Q(signer=user)).exclude(supervisor__person=user)
    return hers.filter(Exists(of_entries) | Exists(of_sessions)).select_related(
        "signer", "supervisor__person", "seen_by"
    )


def times_signed(signer: User | Supervisor, *, since: datetime) -> list[datetime]:
    """When she approved entries since then; by links also when she confirmed sessions."""
    if isinstance(signer, Supervisor):
        entries = SignOff.objects.filter(link__supervisor=signer)
        sessions = SessionSignature.objects.filter(link__supervisor=signer, signed_at__gte=since)
        times = list(sessions.order_by().values_list("signed_at", flat=True))
    else:
        entries, times = SignOff.objects.filter(signer=signer), []
    entries = entries.filter(decision=Decision.APPROVED, signed_at__gte=since).order_by()
    return times + list(entries.values_list("signed_at", flat=True))
