"""Rules by which a module or lesson opens: a date, days after the start, another page, a score."""

from django.db import migrations

import courses.curriculum.fields


class Migration(migrations.Migration):
    dependencies = [
        ("curriculum", "0008_edition_builds"),
    ]

    operations = [
        migrations.AddField(
            model_name="lessonpage",
            name="release",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Rules of which all must hold before trainees can open it. Without a rule it is open from the first day. What somebody has completed stays open to her.",
                verbose_name="opens when",
            ),
        ),
        migrations.AddField(
            model_name="modulepage",
            name="release",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Rules of which all must hold before trainees can open it. Without a rule it is open from the first day. What somebody has completed stays open to her.",
                verbose_name="opens when",
            ),
        ),
    ]
