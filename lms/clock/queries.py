from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from lms.clock.models import Adjustment
from lms.clock.rules import Shift, due_date


def adjustments_reaching(*, person_id: int, cohort_id: int | None) -> QuerySet[Adjustment]:
    """Every adjustment that reaches this person in this cohort: her own, the cohort's, and her own in this cohort."""
    own, everywhere = Q(person=person_id), Q(cohort_id=None)
    here = Q(cohort_id=cohort_id) & (own | Q(person=None)) if cohort_id else Q(pk=None)
    return Adjustment.objects.filter((own & everywhere) | here)


def shifts_for(*, person_id: int, cohort_id: int | None) -> list[Shift]:
    rows = adjustments_reaching(person_id=person_id, cohort_id=cohort_id)
    return [Shift(since=row.since, days=row.days) for row in rows.only("since", "days")]


def shifts_by_cohort(*, person_id: int, cohort_ids: Collection[int]) -> dict[int, list[Shift]]:
    """What `shifts_for` answers, for several cohorts of one person. One query."""
    own, found = Q(person=person_id), {cohort: [] for cohort in cohort_ids}
    rows = Adjustment.objects.filter(
        (own & Q(cohort_id=None)) | (Q(cohort_id__in=cohort_ids) & (own | Q(person=None)))
    ).only("cohort_id", "since", "days")
    for row in rows:
        for cohort in [row.cohort_id] if row.cohort_id else found:
            found[cohort].append(Shift(since=row.since, days=row.days))
    return found


def due_date_for(*, person_id: int, cohort_id: int | None, start: date, days: int) -> date:
    return due_date(start, days, shifts_for(person_id=person_id, cohort_id=cohort_id))
