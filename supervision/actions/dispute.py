"""Disputing a returned entry, once for each return, and what follows from the answer."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import User
from lms.disputes.actions import open_dispute
from lms.disputes.enums import DisputeState
from lms.disputes.models import Dispute
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify
from supervision.actions.declaration import declare_words
from supervision.actions.practice import lock_log, move_log, tell_supervisor
from supervision.enums import LogState
from supervision.guard.declaring import Declaration
from supervision.models import PracticeLog
from supervision.queries.dispute import SAME, dispute_of_return, log_of_dispute, other_reviewers
from supervision.queries.practice import dispute_owner

GIVEN_ON = "The dispute was upheld: another supervisor reviews this entry."


@transaction.atomic
def dispute_return(log: PracticeLog, *, by: User, text: str) -> Dispute:
    """Disagree with the return of an own entry. Each return is disputed once; the entry rests until the answer."""
    enrolment, log = lock_log(log)
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee disputes the return of her entry.")
    if log.state != LogState.RETURNED:
        raise IllegalMove("You can dispute an entry that was returned to you.")
    earlier = dispute_of_return(log)
    if earlier and earlier.state in (DisputeState.UPHELD, DisputeState.REJECTED):
        raise Refusal(
            "This return was disputed and has its answer. Put the entry right and send it again, or discard it."
        )
    return open_dispute(log, by=by, text=text, against=log.reviewing, owner=dispute_owner(log))


def follow_decision(dispute: Dispute, *, by: User, then: str) -> str:
    """What follows from the answer, in its transaction: upheld, the entry goes to another reviewer's queue, or the
    trainee may send it again; not upheld, the return stands. The sentence that says so."""
    _, log = lock_log(log_of_dispute(dispute))
    if dispute.state != DisputeState.UPHELD:
        return "The return stands. The entry can be put right and sent again, or discarded."
    if log.state != LogState.RETURNED:
        return f"The entry is {log.get_state_display().lower()} by now, so nothing follows."
    if then in ("", SAME):
        _tell_of_answer(log.reviewing, log)
        return "The trainee may send the entry again as it is. The supervisor is told that the dispute was upheld."
    reviewer = next((person for person in other_reviewers(log) if str(person.pk) == then), None)
    if reviewer is None:
        raise Refusal("This person cannot review the entry. Choose somebody else, or let the trainee send it again.")
    _tell_of_answer(log.reviewing, log)
    log.reviewer, log.submitted_at, log.version = reviewer, timezone.now(), log.version + 1
    move_log(log, LogState.SUBMITTED, by=by, reason=GIVEN_ON, also=["reviewer", "submitted_at", "version"])
    tell_supervisor(reviewer, log.submitted_at)
    return f"The entry waits for the review of {reviewer}."


def keep_declared(dispute: Dispute, declared: tuple[Declaration, ...], *, by: User) -> None:
    """What whoever answered declared about words of the answer, beside what the trainee declared about hers."""
    declare_words(dispute, declared, by=by)


def _tell_of_answer(supervisor: User | None, log: PracticeLog) -> None:
    if supervisor is None:
        return
    notify(
        supervisor,
        key=f"log-{log.pk}-dispute-upheld-{log.version}",
        subject="An entry that you returned",
        text="The return of one of your entries was disputed and looked at by somebody else. The return does not stand.",
        path=reverse("practice_detail", args=[log.pk]),
        button="Open the entry",
    )
