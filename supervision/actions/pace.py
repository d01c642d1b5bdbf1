"""Flagging an unusual pace of approvals, and looking at the flag."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from supervision.models import PaceFlag, Supervisor
from supervision.queries.pace import paces_for, times_signed
from supervision.rules.pace import WITHIN, unusual_pace


@transaction.atomic
def note_pace(signer: User | Supervisor, *, now: datetime) -> PaceFlag | None:
    """After approvals: flag the signer's pace if it is unusual. A pace that goes on is one flag until it is looked at.

    A `Supervisor` signed by links; what she confirmed by them of sessions is counted with the entries.
    """
    pace = unusual_pace(times_signed(signer, since=now - WITHIN))
    if pace is None:
        return None
    whose = {"supervisor": signer} if isinstance(signer, Supervisor) else {"signer": signer}
    open_flags = PaceFlag.objects.select_for_update().filter(**whose, seen_at=None)
    flag = open_flags.filter(ended_at__gte=pace.began_at).order_by("-ended_at").first()
    if flag:
        flag.ended_at = pace.ended_at
        flag.approvals = sum(at <= pace.ended_at for at in times_signed(signer, since=flag.began_at))
        flag.save(update_fields=["ended_at", "approvals"])
        return flag
    flag = PaceFlag.objects.create(**whose, began_at=pace.began_at, ended_at=pace.ended_at, approvals=pace.approvals)
    who = {name: one.pk for name, one in whose.items()}
    record("supervision.pace.flagged", by=None, about=flag, **who, approvals=pace.approvals)
    return flag


@transaction.atomic
def see_pace(flag: PaceFlag, *, by: User) -> PaceFlag:
    """Say that one has looked at it. Nothing follows from it by itself."""
    flag = PaceFlag.objects.select_for_update().get(pk=flag.pk)
    if not paces_for(by).filter(pk=flag.pk).exists():
        raise Refusal("This is for a program director of these trainees who did not sign the entries.")
    if flag.seen_at:
        raise IllegalMove("Somebody has looked at this already.")
    flag.seen_by, flag.seen_at = by, timezone.now()
    flag.save(update_fields=["seen_by", "seen_at"])
    record(
        "supervision.pace.seen",
        by=by,
        about=flag,
        signer=flag.signer_id,
        supervisor=flag.supervisor_id,
        approvals=flag.approvals,
    )
    return flag
