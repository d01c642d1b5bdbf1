"""Where a question of the bank stands in quizzes and editions, and how often it was asked and answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Cast, StrIndex
from wagtail.models import ReferenceIndex

from assessments.enums import CLOSED
from assessments.models import Question, QuizPage
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem

# The slots of closed attempts, counted where they are kept: an attempt holds them in one JSON column.
COUNT = {
    "postgresql": """
select (slot->>'version')::int, count(*), count(nullif(slot->'response', 'null'))
from assessments_attempt, jsonb_array_elements(result) slot
where body_id in (select value::bigint from jsonb_array_elements_text(%s::jsonb))
and state in (select value from jsonb_array_elements_text(%s::jsonb)) and slot->>'question' = %s
group by 1 order by 1
""",
    "sqlite": """
select json_extract(slot.value, '$.version'), count(*), count(json_extract(slot.value, '$.response'))
from assessments_attempt, json_each(result) slot
where body_id in (select value from json_each(%s)) and state in (select value from json_each(%s))
and json_extract(slot.value, '$.question') = %s
group by 1 order by 1
""",
}


@dataclass(frozen=True)
class Asked:
    """How often one version stood in a closed attempt, and how often it was answered there."""

    version: int
    asked: int
    answered: int


def quizzes_that_chose(question: Question) -> list[QuizPage]:
    """The quiz pages with a section that names it, drafts of pages apart. Two queries."""
    references = ReferenceIndex.get_references_to(question)
    pages = {int(pk) for pk in references.values_list("object_id", flat=True)}
    return list(QuizPage.objects.filter(pk__in=pages).order_by("path"))


def places_in_editions(question: Question) -> list[EditionItem]:
    """The quizzes of editions that can ask it, pools included, newest edition first. One query."""
    source = Cast("body__source", TextField())
    named = EditionItem.objects.filter(activity__kind=ActivityKind.QUIZ).annotate(
        at=StrIndex(source, Value(f'"key": "{question.key}"'))
    )
    return list(named.filter(at__gt=0).select_related("edition__program").order_by("-edition__number", "position"))


def times_asked(question: Question, items: Sequence[EditionItem]) -> list[Asked]:
    """By version, over the closed attempts at these quizzes. One query, and no person is named."""
    bodies, states = json.dumps([item.body_id for item in items]), json.dumps([state.value for state in CLOSED])
    with connection.cursor() as cursor:
        cursor.execute(COUNT[connection.vendor], [bodies, states, question.key])
        return [Asked(*row) for row in cursor.fetchall()]
