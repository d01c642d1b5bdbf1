from datetime import date

from django.db.models import Q

from lms.clock.models import Adjustment
from lms.clock.rules import Shift, due_date


def shifts_for(*, person_id: int, cohort_id: int | None) -> list[Shift]:
    """Every adjustment that reaches this person, her own and her cohort's."""
    reaches = Q(person=person_id) | (Q(cohort_id=cohort_id) if cohort_id else Q(pk=None))
    return [Shift(since=row.since, days=row.days) for row in Adjustment.objects.filter(reaches).only("since", "days")]


def due_date_for(*, person_id: int, cohort_id: int | None, start: date, days: int) -> date:
    return due_date(start, days, shifts_for(person_id=person_id, cohort_id=cohort_id))
