"""The questions of every quiz, and how many of them it draws, move into one section: on the page and in its revisions.

Backwards, the chosen questions of every section are the pool again, and the draw is that of the only section.
"""

import json
import uuid

from django.db import migrations
from django.db.models import JSONField
from django.db.models.functions import Cast


def move_into_sections(apps, schema_editor):
    """By `update`: the field of a migration knows no blocks, and would drop them from an instance that is saved."""
    pages, rows = (apps.get_model("assessments", name).objects for name in ("QuizPage", "QuizQuestion"))
    for page in pages.all():
        asked = rows.filter(page=page).order_by("sort_order", "pk").values_list("question", flat=True)
        pages.filter(pk=page.pk).update(sections=_one_section(list(asked), page.draw))
    for revision in _revisions(apps):
        content = revision.content
        rows_then = sorted(content.pop("quiz_questions", []), key=lambda row: row.get("sort_order") or 0)
        content["sections"] = json.dumps(_one_section([row["question"] for row in rows_then], content.pop("draw", 0)))
        revision.save(update_fields=["content"])


def _revisions(apps):
    content_types = apps.get_model("contenttypes", "ContentType").objects
    quiz = content_types.filter(app_label="assessments", model="quizpage").first()
    return apps.get_model("wagtailcore", "Revision").objects.filter(content_type=quiz) if quiz else []


def _one_section(questions, draw):
    if not questions:
        return []
    items = [{"type": "item", "id": str(uuid.uuid4()), "value": pk} for pk in questions]
    value = {"title": "", "questions": items, "draw": draw}
    return [{"type": "chosen", "id": str(uuid.uuid4()), "value": value}]


def move_back(apps, schema_editor):
    pages, row = apps.get_model("assessments", "QuizPage").objects, apps.get_model("assessments", "QuizQuestion")
    for page in pages.annotate(stream=Cast("sections", JSONField())):
        asked, draw = _pool(page.stream)
        pages.filter(pk=page.pk).update(draw=draw)
        row.objects.bulk_create(row(page=page, question_id=pk, sort_order=place) for place, pk in enumerate(asked))
    for revision in _revisions(apps):
        asked, draw = _pool(json.loads(revision.content.pop("sections", "[]")))
        revision.content["draw"] = draw
        revision.content["quiz_questions"] = [
            {"pk": None, "sort_order": place, "page": revision.content["pk"], "question": pk}
            for place, pk in enumerate(asked)
        ]
        revision.save(update_fields=["content"])


def _pool(sections):
    chosen = [section["value"] for section in sections if section["type"] == "chosen"]
    items = [item for value in chosen for item in value["questions"]]
    asked = [
        item["value"] if isinstance(item, dict) else item for item in items
    ]  # bare ids where code has written them
    return [pk for pk in asked if pk], chosen[0]["draw"] if len(chosen) == 1 else 0


class Migration(migrations.Migration):
    dependencies = [("assessments", "0014_rules_of_a_quiz"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunPython(move_into_sections, move_back)]
