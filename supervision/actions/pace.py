"""Flagging an unusual pace of approvals, and looking at the flag."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from supervision.enums import Decision
from supervision.models import PaceFlag, SignOff
from supervision.queries.pace import paces_for
from supervision.rules.pace import WITHIN, unusual_pace


@transaction.atomic
def note_pace(signer: User, *, now: datetime) -> PaceFlag | None:
    """After approvals: flag the signer's pace if it is unusual. A pace that goes on is one flag until it is looked at."""
    signed = SignOff.objects.filter(signer=signer, decision=Decision.APPROVED).order_by()
    pace = unusual_pace(list(signed.filter(signed_at__gte=now - WITHIN).values_list("signed_at", flat=True)))
    if pace is None:
        return None
    open_flags = PaceFlag.objects.select_for_update().filter(signer=signer, seen_at=None)
    flag = open_flags.filter(ended_at__gte=pace.began_at).order_by("-ended_at").first()
    if flag:
        flag.ended_at = pace.ended_at
        flag.approvals = signed.filter(signed_at__range=(flag.began_at, pace.ended_at)).count()
        flag.save(update_fields=["ended_at", "approvals"])
        return flag
    flag = PaceFlag.objects.create(
        signer=signer, began_at=pace.began_at, ended_at=pace.ended_at, approvals=pace.approvals
    )
    record("supervision.pace.flagged", by=None, about=flag, signer=signer.pk, approvals=pace.approvals)
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
    record("supervision.pace.seen", by=by, about=flag, signer=flag.signer_id, approvals=flag.approvals)
    return flag
