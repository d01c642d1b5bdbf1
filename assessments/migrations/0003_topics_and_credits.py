"""A quiz credits minutes by topic and format, like any activity."""

import re

import django.core.validators
from django.db import migrations, models

import courses.curriculum.fields


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_question_bank_permissions"),
    ]

    operations = [
        migrations.AddField(
            model_name="quizpage",
            name="credits",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Only if its minutes have several topics, or are taught live: a line for each topic and format. Together they are no more than the time it takes. Without a line, all minutes count as self-study of the topic above.",
            ),
        ),
        migrations.AlterField(
            model_name="quizpage",
            name="minutes",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Time it takes, in minutes. Credited when done. For a module: only what its lessons do not count already.",
                validators=[django.core.validators.MaxValueValidator(6000)],
            ),
        ),
        migrations.AlterField(
            model_name="quizpage",
            name="topic",
            field=models.CharField(
                blank=True,
                help_text="What all its minutes are about; the standard counts them by it.",
                max_length=50,
                validators=[
                    django.core.validators.RegexValidator(
                        re.compile("^[-a-zA-Z0-9_]+\\Z"),
                        "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
                        "invalid",
                    )
                ],
            ),
        ),
    ]
