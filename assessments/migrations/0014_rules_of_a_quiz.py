"""A quiz has sections, a window for starting, a policy of feedback, and what helps after its last attempt."""

import django.core.validators
import wagtail.fields
from django.db import migrations, models

import courses.curriculum.fields


class Migration(migrations.Migration):
    dependencies = [("assessments", "0021_accommodations_and_outages")]

    operations = [
        migrations.AddField(
            model_name="quizpage",
            name="closes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Who has started by then has her whole time. Empty: to the end.",
                null=True,
                verbose_name="can be started until",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="feedback_from",
            field=models.DateTimeField(
                blank=True,
                help_text="For what is shown from a date. By your own clock.",
                null=True,
                verbose_name="date for the above",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="forward_only",
            field=models.BooleanField(
                default=False,
                help_text="What is left behind stays as it is. Only where going back would give answers away.",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="grace_seconds",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="How long after the time is up an answer is still taken that was on its way.",
                validators=[django.core.validators.MaxValueValidator(300)],
                verbose_name="seconds of grace",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="honour",
            field=models.TextField(
                blank=True,
                help_text="To be agreed to before starting, such as: I work alone and without notes. Empty: none.",
                max_length=2000,
                verbose_name="honour statement",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="ip_ranges",
            field=models.TextField(
                blank=True,
                help_text="Where it can be started from, one a line, such as 192.0.2.0/24. Empty: anywhere.",
                max_length=2000,
                verbose_name="networks",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="one_page",
            field=models.BooleanField(
                default=False,
                help_text="Off: one question at a time, which is calmer on a phone.",
                verbose_name="all questions on one page",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="opens_at",
            field=models.DateTimeField(
                blank=True,
                help_text="By your own clock. Empty: from the first day.",
                null=True,
                verbose_name="can be started from",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="password",
            field=models.CharField(blank=True, editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="remediation",
            field=wagtail.fields.RichTextField(
                blank=True,
                help_text="Read by whoever has used all attempts without passing: what helps now, and whom to ask.",
                verbose_name="after the last attempt",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="sections",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="They follow each other in this order; questions are shuffled within one. No question is asked twice.",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="show_answers",
            field=models.CharField(
                choices=[
                    ("at_once", "At once"),
                    ("finished", "After passing or the last attempt"),
                    ("from_date", "From the date below"),
                    ("never", "Never"),
                ],
                default="at_once",
                help_text="Each as right or not.",
                max_length=10,
                verbose_name="own answers",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="show_comments",
            field=models.CharField(
                choices=[
                    ("at_once", "At once"),
                    ("finished", "After passing or the last attempt"),
                    ("from_date", "From the date below"),
                    ("never", "Never"),
                ],
                default="at_once",
                help_text="What you wrote to the option or answer.",
                max_length=10,
                verbose_name="feedback on what was chosen",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="show_key",
            field=models.CharField(
                choices=[
                    ("at_once", "At once"),
                    ("finished", "After passing or the last attempt"),
                    ("from_date", "From the date below"),
                    ("never", "Never"),
                ],
                default="finished",
                help_text="With all feedback, worked solutions and references.",
                max_length=10,
                verbose_name="the right answers",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="show_score",
            field=models.CharField(
                choices=[
                    ("at_once", "At once"),
                    ("finished", "After passing or the last attempt"),
                    ("from_date", "From the date below"),
                    ("never", "Never"),
                ],
                default="at_once",
                help_text="In percent.",
                max_length=10,
                verbose_name="the score",
            ),
        ),
        migrations.AddField(
            model_name="quizpage",
            name="study",
            field=courses.curriculum.fields.BlocksField(
                [], blank=True, help_text="Links that stand below that text.", verbose_name="what to study then"
            ),
        ),
    ]
