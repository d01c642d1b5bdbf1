"""Acts of a trainee on her lessons."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.curriculum.queries import current_body
from courses.enrolment.models import Enrolment
from courses.learning.models import Completion, ReadingPosition
from courses.learning.queries import why_locked
from courses.learning.rules import can_complete
from lms.accounts.models import User
from lms.audit.actions import record
from lms.enums import Provenance
from lms.errors import Refusal


@transaction.atomic
def complete_activity(
    enrolment: Enrolment,
    item: EditionItem,
    *,
    by: User | None,
    at: datetime | None = None,
    provenance: Provenance = Provenance.EARNED,
) -> Completion:
    """Record once that the enrolment's trainee completed an item of her edition; a repeat gives the first completion.

    It names the body that was read, its newest correction included. `by` is None for the system itself; `at` is when
    it took effect, never in the future.
    """
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("edition").get(pk=enrolment.pk)
    done = Completion.objects.filter(enrolment=enrolment, activity=item.activity_id).first()
    if done:
        return done
    if by is not None and by.pk != enrolment.person_id:
        raise Refusal("Only the trainee herself can mark this as complete.")
    if item.edition_id != enrolment.edition_id:
        raise Refusal("This is not part of your edition of the program. Open it again from the outline.")
    if item.activity.kind == ActivityKind.MODULE:
        raise Refusal("A module is complete when all its lessons are.")
    if not can_complete(enrolment):
        raise Refusal("Your enrolment is not active, so nothing new can be marked as complete.")
    if reason := why_locked(enrolment, item):
        raise Refusal(f"This is not open yet. {reason}")
    now = timezone.now()
    completion = Completion.objects.create(
        enrolment=enrolment,
        activity_id=item.activity_id,
        body=current_body(item),
        completed_at=min(at or now, now),
        provenance=provenance,
        recorded_by=by,
    )
    record(
        "learning.completion.recorded",
        by=by,
        about=completion,
        enrolment=enrolment.pk,
        activity=item.activity_id,
        body=completion.body_id,
    )
    return completion


def remember_position(enrolment: Enrolment, activity_id: int) -> None:
    """Where she is reading, so that she can go on there. A convenience: no evidence and no audit row."""
    position = getattr(enrolment, "reading_position", None)
    if position is None or position.activity_id != activity_id:
        ReadingPosition.objects.bulk_create(  # one statement, also when two pages are opened at once
            [ReadingPosition(enrolment=enrolment, activity_id=activity_id, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["enrolment"],
            update_fields=["activity", "at"],
        )
