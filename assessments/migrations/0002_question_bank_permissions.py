"""Who may write questions in the CMS. Deleting is for nobody: editions and attempts hold on to their versions."""

from django.db import migrations

from lms.institute.groups import give_permissions

BANK = {("assessments", "question"): ["add", "change", "view"]}


def open_the_bank(apps, schema_editor):
    for group in ("Program directors", "Faculty"):
        give_permissions(apps, group, BANK)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("institute", "0002_cms_permissions")]
    operations = [migrations.RunPython(open_the_bank, migrations.RunPython.noop)]
