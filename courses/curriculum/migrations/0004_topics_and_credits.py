"""Credited minutes by topic and format, and the topics a new institute begins with: a default that directors edit."""

import re

import django.core.validators
from django.db import migrations, models

import courses.curriculum.fields
from lms.institute.groups import give_permissions

# key, label, definition
TOPICS = [
    (
        "ethics_of_touch",
        "Ethics of touch",
        "Touch and relational boundaries: consent, agreement, what to do when one gives way.",
    ),
    ("ethics_law", "Ethics and law", "Scope of practice, consent, records, advertising, the law of the place."),
    (
        "medical_safety",
        "Medical and psychological safety",
        "Watching body and mind during and after a session; what stops one.",
    ),
    (
        "pharmacology",
        "Pharmacology and contraindications",
        "How the medicine acts, with what it interacts, who must not have it.",
    ),
    ("screening", "Screening", "Who can be treated, who cannot, and who needs another opinion first."),
    ("suicide_risk", "Suicide risk and crisis", "Asking, planning for safety, handing over."),
    ("clinical_skills", "Clinical skills for psychedelic states", "Accompanying people in non-ordinary states."),
    ("preparation", "Preparation", "What comes before a session with the medicine."),
    ("dosing_support", "Dosing-session support", "The session itself."),
    ("integration", "Integration", "What comes after."),
    ("trauma_informed", "Trauma-informed care", "Safety, choice and pace for people who were harmed."),
    ("group_work", "Group work", "Several people at once: selection, ratio, confidentiality."),
]


def ship_topics(apps, schema_editor):
    topics = apps.get_model("curriculum", "Topic").objects
    for position, (key, label, definition) in enumerate(TOPICS, start=1):
        values = {"label": label, "definition": definition, "position": position * 10}
        topics.get_or_create(key=key, defaults=values)


def allow_directors(apps, schema_editor):
    give_permissions(apps, "Program directors", {("curriculum", "topic"): ["add", "change", "view"]})


class Migration(migrations.Migration):
    dependencies = [
        ("curriculum", "0003_curriculum_review"),
        ("accounts", "0002_groups_and_first_terms"),
        ("institute", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        help_text="Stable: lessons and standards refer to it. Such as: ethics_of_touch.", unique=True
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="As trainees and regulators read it, such as: Ethics of touch.", max_length=120
                    ),
                ),
                (
                    "definition",
                    models.TextField(blank=True, help_text="What belongs to it, for whoever writes.", max_length=1000),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="Its place in lists; the lowest comes first."
                    ),
                ),
            ],
            options={
                "ordering": ["position", "key"],
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="topics",
            field=models.JSONField(blank=True, default=dict, help_text="The labels of its topics on that day, by key."),
        ),
        migrations.AddField(
            model_name="editionitem",
            name="credits",
            field=models.JSONField(blank=True, default=list, help_text="Lists of topic, format, minutes."),
        ),
        migrations.AddField(
            model_name="lessonpage",
            name="credits",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Only if its minutes have several topics, or are taught live: a line for each topic and format. Together they are no more than the time it takes. Without a line, all minutes count as self-study of the topic above.",
            ),
        ),
        migrations.AddField(
            model_name="modulepage",
            name="credits",
            field=courses.curriculum.fields.BlocksField(
                [],
                blank=True,
                help_text="Only if its minutes have several topics, or are taught live: a line for each topic and format. Together they are no more than the time it takes. Without a line, all minutes count as self-study of the topic above.",
            ),
        ),
        migrations.AlterField(
            model_name="lessonpage",
            name="minutes",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Time it takes, in minutes. Credited when done. For a module: only what its lessons do not count already.",
                validators=[django.core.validators.MaxValueValidator(6000)],
            ),
        ),
        migrations.AlterField(
            model_name="lessonpage",
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
        migrations.AlterField(
            model_name="modulepage",
            name="minutes",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Time it takes, in minutes. Credited when done. For a module: only what its lessons do not count already.",
                validators=[django.core.validators.MaxValueValidator(6000)],
            ),
        ),
        migrations.AlterField(
            model_name="modulepage",
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
        migrations.RunPython(ship_topics, migrations.RunPython.noop),
        migrations.RunPython(allow_directors, migrations.RunPython.noop),
    ]
