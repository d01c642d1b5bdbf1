"""What the program does with an entry after the supervisor's approval: verify it, or withdraw the approval."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_barrier, has_role
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.credit import withdraw_minutes
from supervision.actions.practice import lock_log, move_log
from supervision.actions.review import reason_to_return
from supervision.enums import COUNTING, Decision, LogState
from supervision.models import PracticeLog

UNDER_CORRECTION = (
    "A correction of this entry is under way. Decide about it, or let the trainee discard it, and come back."
)


@transaction.atomic
def verify_log(log: PracticeLog, *, by: User) -> PracticeLog:
    """Mark an approved entry as verified by the program. What it counts for stays, unless the standard asks for it."""
    enrolment, log = lock_log(log)
    _require_role(by, enrolment, Role.DIRECTOR, Role.REGISTRAR)
    if log.state != LogState.APPROVED:
        raise IllegalMove(f"Only an approved entry is verified: it is now {log.get_state_display().lower()}.")
    signed = Q(signer=by) | Q(attestation__proposed_by=by)
    if log.sign_offs.filter(signed, decision=Decision.APPROVED).exists():
        raise Refusal("You approved this entry yourself. Another director or registrar verifies it.")
    move_log(log, LogState.VERIFIED, by=by)
    record("supervision.log.verified", by=by, about=log, minutes=log.minutes)
    return log


@transaction.atomic
def unapprove_log(log: PracticeLog, *, by: User, reason: str) -> PracticeLog:
    """Withdraw the approval: the minutes count no more, and the entry goes back to its trainee with the reason."""
    reason = reason_to_return(reason)
    enrolment, log = lock_log(log)
    _require_role(by, enrolment, Role.DIRECTOR)
    if log.state not in COUNTING:
        raise IllegalMove(f"Only an approval is withdrawn: this entry is now {log.get_state_display().lower()}.")
    if log.corrections.exclude(state=LogState.VOIDED).exists():
        raise Refusal(UNDER_CORRECTION)
    withdraw_minutes([log], by=by)
    log.withdrawn_at, log.credited_at = timezone.now(), None
    move_log(log, LogState.RETURNED, by=by, reason=reason, also=["withdrawn_at", "credited_at"])
    record("supervision.log.unapproved", by=by, about=log, minutes=log.minutes, version=log.version)
    for person in filter(None, (enrolment.person, log.reviewing)):
        notify(
            person,
            key=f"log-{log.pk}-unapproved-{log.withdrawn_at:%Y%m%d%H%M%S}-{person.pk}",
            subject="The approval of a practice entry was withdrawn",
            text="A program director has withdrawn the approval of a practice entry and says what is to be put right.",
            path=f"/practice/{log.pk}/",
            button="Read what is to be put right",
        )
    return log


def _require_role(by: User, enrolment: Enrolment, *roles: Role) -> None:
    """Holds one of the roles for this trainee now, is not the trainee, and no barrier stands between them."""
    holds = any(has_role(by, role, program=enrolment.program_id, cohort=enrolment.cohort_id) for role in roles)
    if not holds or by.pk == enrolment.person_id or has_barrier(by, enrolment.person_id):
        raise Refusal("This is for a program director of this trainee who is not the trainee.")
