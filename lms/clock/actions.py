from datetime import date

from django.db import transaction

from lms.accounts.models import User
from lms.audit.actions import record
from lms.clock.models import MOST_DAYS, Adjustment, Cause
from lms.errors import Refusal


@transaction.atomic
def adjust_deadlines(
    *,
    cause: Cause,
    since: date,
    days: int,
    by: User | None,
    person: User | None = None,
    cohort_id: int | None = None,
    reason: str = "",
) -> Adjustment:
    """Give a person, a whole cohort, or (with both) a person in one cohort more days.

    The reason never enters the audit trail.
    """
    if person is None and cohort_id is None:
        raise Refusal("An adjustment is for a person or for a cohort.")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(f"Give between 1 and {MOST_DAYS} days.")
    adjustment = Adjustment.objects.create(
        person=person, cohort_id=cohort_id, cause=cause, since=since, days=days, reason=reason, made_by=by
    )
    record("clock.adjustment.made", by=by, about=adjustment, cause=cause, since=since, days=days, cohort=cohort_id)
    return adjustment
