"""Which flags of an unusual pace a director reads. Fetching is the permission check."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from supervision.models import PaceFlag, PracticeLog, SignOff
from supervision.queries.practice import within_reach


def paces_for(user: User) -> QuerySet[PaceFlag]:
    """The flags about entries of trainees within her reach as director; never her own."""
    if Role.DIRECTOR not in roles_of(user):
        return PaceFlag.objects.none()
    signed = SignOff.objects.filter(
        signer=OuterRef("signer"), signed_at__range=(OuterRef("began_at"), OuterRef("ended_at"))
    )
    hers = signed.filter(log__in=PracticeLog.objects.filter(within_reach(user, Role.DIRECTOR)))
    return PaceFlag.objects.filter(~Q(signer=user), Exists(hers)).select_related("signer", "seen_by")
