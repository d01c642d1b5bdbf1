"""The glossary, and who may write it."""

import django.db.models.deletion
import django.db.models.functions.text
import modelsearch.index
from django.db import migrations, models

from lms.institute.groups import give_permissions


def open_the_glossary(apps, schema_editor):
    """Deleting is refused nowhere: an edition holds its own copy of every word."""
    for group in ("Program directors", "Faculty"):
        give_permissions(apps, group, {("curriculum", "glossaryterm"): ["add", "change", "delete", "view"]})


class Migration(migrations.Migration):
    dependencies = [
        ("curriculum", "0009_release_rules"),
        ("institute", "0002_cms_permissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "term",
                    models.CharField(help_text="As it stands in a sentence, such as: dissociation.", max_length=80),
                ),
                ("slug", models.SlugField(editable=False, max_length=100, unique=True)),
                (
                    "definition",
                    models.TextField(
                        help_text="One or two sentences in plain words. Readers see it beside the word.", max_length=600
                    ),
                ),
                (
                    "other_spellings",
                    models.TextField(
                        blank=True,
                        help_text="What else counts as this word in a text, such as its plural or its short form. One per line.",
                        max_length=600,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every program.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="glossary_terms",
                        to="curriculum.program",
                    ),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("term"), "pk"],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.RunPython(open_the_glossary, migrations.RunPython.noop),
    ]
