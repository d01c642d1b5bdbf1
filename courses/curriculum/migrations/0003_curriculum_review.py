"""The workflow *Curriculum review*: what faculty write, a program director approves. It stands on the home page, so every
program below it, and every one to come, has it."""

from functools import partial

from django.db import migrations

NAME = "Curriculum review"
TASK = "Review by a program director"


def set_up_review(apps, schema_editor):
    model = partial(apps.get_model, "wagtailcore")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Program directors")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailcore", model="groupapprovaltask"
    )
    task, _ = model("GroupApprovalTask").objects.get_or_create(name=TASK, defaults={"content_type": content_type})
    task.groups.add(group)
    workflow, _ = model("Workflow").objects.get_or_create(name=NAME)
    model("Task").objects.filter(pk=task.pk).update(active=True)
    model("Workflow").objects.filter(pk=workflow.pk).update(active=True)
    model("WorkflowTask").objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    for home in apps.get_model("curriculum", "HomePage").objects.all():
        model("WorkflowPage").objects.get_or_create(page_id=home.pk, defaults={"workflow": workflow})


def take_review_away(apps, schema_editor):
    """Whatever has been reviewed keeps its history: the workflow is then set aside, not deleted."""
    model = partial(apps.get_model, "wagtailcore")
    workflows = model("Workflow").objects.filter(name=NAME)
    tasks = model("Task").objects.filter(name=TASK)
    model("WorkflowPage").objects.filter(workflow__in=workflows).delete()
    if model("WorkflowState").objects.filter(workflow__in=workflows).exists():
        workflows.update(active=False)
        tasks.update(active=False)
        return
    model("WorkflowTask").objects.filter(workflow__in=workflows).delete()
    workflows.delete()
    model("GroupApprovalTask").objects.filter(name=TASK).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("curriculum", "0002_home_page"),
        ("accounts", "0002_groups_and_first_terms"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(set_up_review, take_review_away)]
