"""Words taken out of an entry: who may do it, where copies of its texts lie, and what is shown of it afterwards."""

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role
from supervision.enums import SENT
from supervision.models import LogMove, PracticeLog, Redaction
from supervision.queries.placement import can_supervise


def can_redact(user: User, log: PracticeLog) -> bool:
    """Whoever decides about the entry, and directors within reach: never of her own, never across a barrier."""
    enrolment = log.enrolment
    if log.state not in SENT or enrolment.person_id == user.pk:
        return False
    if log.reviewing_id == user.pk and can_supervise(user, enrolment):
        return True
    is_director = has_role(user, Role.DIRECTOR, program=enrolment.program_id, cohort=enrolment.cohort_id)
    return is_director and not has_barrier(user, enrolment.person_id)


def chain_of(log: PracticeLog) -> set[int]:
    """The entry, those that it corrects, and all corrections of any of them, discarded ones too: each began as a copy."""
    found, new = {log.pk}, {log.pk}
    while new:
        rows = PracticeLog.objects.order_by()
        old = rows.filter(pk__in=new, supersedes__isnull=False).values_list("supersedes", flat=True)
        new = {*old, *rows.filter(supersedes__in=new).values_list("pk", flat=True)} - found
        found |= new
    return found


def reasons_given(log: PracticeLog) -> list[LogMove]:
    """The moves of an entry with a reason, oldest first."""
    return [move for move in log.moves.order_by("id") if move.reason]


def redactions_of(log: PracticeLog) -> list[Redaction]:
    return list(log.redactions.select_related("by"))
