"""Writing, handing in, returning and accepting. The row of the submission is locked in every act."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import SUBMISSION_MOVES, SubmissionState
from assessments.models import Submission, SubmissionMove
from assessments.rules import can_read_results_of_others
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import current_body
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.enrolment.queries import may_act_on
from courses.learning.queries import why_locked
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import IllegalMove, Refusal
from lms.notices.actions import notify

SIGNS_MOST = 40_000
REASON_MOST = 2_000


@transaction.atomic
def save_draft(enrolment: Enrolment, item: EditionItem, *, by: User, text: str) -> Submission:
    """Keep what she has written so far; nobody else reads it. A draft may be longer than what can be handed in."""
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("edition").get(pk=enrolment.pk)
    _check_may_write(enrolment, item, by=by)
    if len(text) > SIGNS_MOST:
        raise Refusal(f"A text has at most {SIGNS_MOST} signs.")
    now = timezone.now()
    submission, is_new = Submission.objects.select_for_update(of=("self",)).get_or_create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        defaults={"item": item, "body": current_body(item), "text": text, "changed_at": now},
    )
    if is_new:
        return submission
    if not submission.is_editable:
        raise IllegalMove("You have handed this in. It can be changed again only when it comes back to you.")
    submission.text, submission.changed_at = text, now
    submission.save(update_fields=["text", "changed_at"])
    return submission


def _check_may_write(enrolment: Enrolment, item: EditionItem, *, by: User) -> None:
    if by.pk != enrolment.person_id or item.edition_id != enrolment.edition_id:
        raise Refusal("This assignment belongs to somebody else's curriculum.")
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refusal(
            "Your enrolment is not active, so nothing can be handed in now. What you wrote stays open to you."
        )
    if reason := why_locked(enrolment, item):
        raise Refusal(f"This assignment is not open yet. {reason}")


@transaction.atomic
def hand_in(enrolment: Enrolment, item: EditionItem, *, by: User, text: str) -> Submission:
    """Hand in a text; until it is returned it cannot be changed. The move keeps exactly what was handed in."""
    submission = save_draft(enrolment, item, by=by, text=text)
    body = current_body(item)
    count, most = len(text.split()), body.source["words_most"]
    if not count:
        raise Refusal("Write something before you hand it in.")
    if count > most:
        raise Refusal(f"It has {count} words, and at most {most} can be handed in.")
    submission.item, submission.body, submission.submitted_at = item, body, timezone.now()
    submission.save(update_fields=["item", "body", "submitted_at"])
    return _move(submission, SubmissionState.SUBMITTED, by=by, text=text)


@transaction.atomic
def return_submission(submission: Submission, *, by: User, reason: str) -> Submission:
    """Give it back with what is to be put right. Of two who decide at once the second is refused."""
    submission = _to_decide(submission, by=by)
    reason = reason.strip()
    if not reason:
        raise Refusal("Say what is to be put right. The trainee reads it.")
    if len(reason) > REASON_MOST:
        raise Refusal(f"Give the reason in at most {REASON_MOST} characters.")
    _move(submission, SubmissionState.RETURNED, by=by, reason=reason)
    _tell(
        submission, "An assignment came back to you", "Read what is to be put right, change it, and hand it in again."
    )
    return submission


@transaction.atomic
def accept_submission(submission: Submission, *, by: User) -> Submission:
    """Accept it: the activity is complete, and the submission closed for good."""
    submission = _to_decide(submission, by=by)
    submission.decided_at, submission.decided_by = timezone.now(), by
    _move(submission, SubmissionState.ACCEPTED, by=by, also=["decided_at", "decided_by"])
    _tell(submission, "Your assignment is accepted", "One of your assignments was read and accepted.")
    return submission


def _to_decide(submission: Submission, *, by: User) -> Submission:
    locked = Submission.objects.select_for_update(of=("self",)).select_related("enrolment__person", "item")
    submission = locked.get(pk=submission.pk)
    enrolment = submission.enrolment
    if not (can_read_results_of_others(by, enrolment) and may_act_on(by, enrolment.person)):
        raise Refusal(
            "Only faculty of the cohort and program directors accept or return an assignment, never one's own."
        )
    return submission


def _move(
    submission: Submission,
    new: SubmissionState,
    *,
    by: User,
    text: str = "",
    reason: str = "",
    also: tuple[str, ...] | list[str] = (),
) -> Submission:
    old = SubmissionState(submission.state)
    if new not in SUBMISSION_MOVES[old]:
        raise IllegalMove("This assignment does not wait for a decision any more. Reload the page to see why.")
    submission.state = new
    submission.save(update_fields=["state", *also])
    SubmissionMove.objects.create(
        submission=submission, old=old, new=new, by=by, at=timezone.now(), text=text, reason=reason
    )
    record(f"assessments.submission.{new.value}", by=by, about=submission, old=old.value, new=new.value)
    return submission


def _tell(submission: Submission, subject: str, text: str) -> None:
    notify(
        submission.enrolment.person,
        key=f"submission-{submission.pk}-{submission.moves.count()}",
        subject=subject,
        text=text,
        path=reverse("assignment", args=[submission.enrolment_id, submission.item.slug]),
        button="Open the assignment",
    )
