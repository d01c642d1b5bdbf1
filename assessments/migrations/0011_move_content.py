"""Options, numbers and units of every question move into its stream. Options keep their ids: answers refer to them.

Backwards it writes the columns and options again, of the kinds that there were then.
"""

import uuid

from django.db import migrations
from django.db.models import JSONField, Max, Min
from django.db.models.functions import Cast

NUMERIC = ("answer", "tolerance", "unit", "accepted_units")
CHOICES = ("single", "multiple")


def move_content(apps, schema_editor):
    """By `update`: the field of a migration knows no blocks, and would drop them from an instance that is saved."""
    questions = apps.get_model("assessments", "Question").objects
    for question in questions.annotate(first=Min("versions__created_at"), last=Max("versions__created_at")):
        value = (
            _choices(apps, question)
            if question.kind in CHOICES
            else {name: getattr(question, name) for name in NUMERIC}
        )
        questions.filter(pk=question.pk).update(
            content=[{"type": question.kind, "value": value, "id": str(uuid.uuid4())}],
            live=question.first is not None,
            first_published_at=question.first,
            last_published_at=question.last,
        )


def _choices(apps, question):
    options = apps.get_model("assessments", "QuestionOption").objects.filter(question=question)
    return {
        "options": [
            {
                "type": "item",
                "id": str(option.option_id),
                "value": {"text": option.text, "correct": option.correct, "feedback": option.feedback},
            }
            for option in options.order_by("sort_order", "pk")
        ]
    }


def move_back(apps, schema_editor):
    questions, option = (
        apps.get_model("assessments", "Question").objects,
        apps.get_model("assessments", "QuestionOption"),
    )
    for question in questions.annotate(stream=Cast("content", JSONField())):
        value = question.stream[0]["value"] if question.stream else {}
        numbers = {name: value.get(name, "0" if name == "tolerance" else "") for name in NUMERIC}
        questions.filter(pk=question.pk).update(**numbers)
        option.objects.bulk_create(
            option(question=question, option_id=_as_uuid(item["id"]), sort_order=place, **item["value"])
            for place, item in enumerate(value.get("options", []))
        )


def _as_uuid(id_):
    """What was imported since may have an id of another form."""
    try:
        return uuid.UUID(id_)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, id_)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_question_drafts_and_tags")]
    operations = [migrations.RunPython(move_content, move_back)]
