from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0061_states_of_imports")]

    operations = [
        migrations.AddConstraint(
            model_name="questionimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("applied_at", None)),
                    _connector="OR",
                ),
                name="an_import_that_is_done_was_applied",
            ),
        ),
    ]
