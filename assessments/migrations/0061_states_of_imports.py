"""What was read before imports had states is read, or imported."""

from django.db import migrations


def set_states(apps, schema_editor):
    imports = apps.get_model("assessments", "QuestionImport").objects
    imports.filter(applied_at=None).update(state="read")
    imports.exclude(applied_at=None).update(state="done")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0060_imports_in_the_background")]

    operations = [migrations.RunPython(set_states, migrations.RunPython.noop)]
