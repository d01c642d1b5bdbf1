"""Counting how often each version of a question was asked, once a night."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from assessments.enums import CLOSED
from assessments.models import TimesAsked

# An attempt keeps its slots in one JSON column. They are counted where they are kept, in one statement for all questions.
SLOTS = {
    "postgresql": """
select slot->>'question' as key, (slot->>'version')::int as version, count(*) as asked,
    count(nullif(slot->'response', 'null')) as answered
from assessments_attempt, jsonb_array_elements(result) slot where state in (%s, %s) group by 1, 2
""",
    "sqlite": """
select json_extract(slot.value, '$.question') as key, json_extract(slot.value, '$.version') as version, count(*) as asked,
    count(json_extract(slot.value, '$.response')) as answered
from assessments_attempt, json_each(result) slot where state in (%s, %s) group by 1, 2
""",
}
WRITE = """
insert into assessments_timesasked (question_id, version, asked, answered, counted_at)
select question.id, slots.version, slots.asked, slots.answered, %s
from ({slots}) slots join assessments_question question on question.key = slots.key where true
on conflict (question_id, version) do update
set asked = excluded.asked, answered = excluded.answered, counted_at = excluded.counted_at
"""


@transaction.atomic
def count_questions(*, at: datetime | None = None) -> int:
    """Count anew, over every closed attempt. Safe to repeat, also by two at once. Returns how many versions were asked."""
    at = at or timezone.now()
    with connection.cursor() as cursor:
        moment = TimesAsked._meta.get_field("counted_at").get_db_prep_save(at, connection)
        cursor.execute(WRITE.format(slots=SLOTS[connection.vendor]), [moment, *(str(state) for state in CLOSED)])
    TimesAsked.objects.filter(counted_at__lt=at).delete()
    return TimesAsked.objects.count()
