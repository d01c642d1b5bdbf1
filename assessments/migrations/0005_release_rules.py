"""A quiz opens by rules, like any activity."""

from django.db import migrations

import courses.curriculum.fields


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0004_assignments"),
    ]

    operations = [
        migrations.AddField(
            model_name="quizpage",
            name="release",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Rules of which all must hold before trainees can open it. Without a rule it is open from the first day. What somebody has completed stays open to her.",
                verbose_name="opens when",
            ),
        ),
        migrations.AddField(
            model_name="assignmentpage",
            name="release",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Rules of which all must hold before trainees can open it. Without a rule it is open from the first day. What somebody has completed stays open to her.",
                verbose_name="opens when",
            ),
        ),
    ]
