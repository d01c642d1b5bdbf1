from datetime import date

from django.db import transaction

from lms.accounts.models import User
from lms.audit.actions import record
from lms.clock.models import Adjustment, Cause
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
    """Give a person, or a whole cohort, more days. The reason never enters the audit trail."""
    if (person is None) == (cohort_id is None):
        raise Refusal("An adjustment is for one person or for one cohort.")
    if not 1 <= days <= 730:
        raise Refusal("Give between 1 and 730 days.")
    adjustment = Adjustment.objects.create(
        person=person, cohort_id=cohort_id, cause=cause, since=since, days=days, reason=reason, made_by=by
    )
    record("clock.adjustment.made", by=by, about=adjustment, cause=cause, since=since, days=days, cohort=cohort_id)
    return adjustment
