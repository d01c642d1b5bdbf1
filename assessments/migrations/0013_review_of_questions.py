"""Questions go through *Curriculum review* like pages: faculty write, a program director approves, locks and publishes."""

from django.db import migrations

from lms.institute.groups import give_permissions

NAME = "Curriculum review"
QUESTION = ("assessments", "question")


def put_under_review(apps, schema_editor):
    give_permissions(apps, "Program directors", {QUESTION: ["publish", "lock", "unlock"]})
    workflow = apps.get_model("wagtailcore", "Workflow").objects.get(name=NAME)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="assessments", model="question"
    )
    apps.get_model("wagtailcore", "WorkflowContentType").objects.get_or_create(
        content_type=content_type, defaults={"workflow": workflow}
    )


def take_from_review(apps, schema_editor):
    links = apps.get_model("wagtailcore", "WorkflowContentType").objects
    links.filter(content_type__app_label="assessments", content_type__model="question").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0012_content_has_moved"),
        ("curriculum", "0003_curriculum_review"),
        ("institute", "0002_cms_permissions"),
    ]
    operations = [migrations.RunPython(put_under_review, take_from_review)]
