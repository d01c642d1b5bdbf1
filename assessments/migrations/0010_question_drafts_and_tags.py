"""Questions have drafts, a review, locks and tags; what belongs to their kind moves into one stream (0011)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import courses.curriculum.fields


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0010_kinds"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="competency",
            field=models.CharField(
                blank=True,
                help_text="What it shows that somebody can do, in a few words. Quizzes draw by it.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="content",
            field=courses.curriculum.fields.BlocksField(
                [],
                default=[],
                help_text="Choose one kind. What belongs to it is written below.",
                verbose_name="how it is answered",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="question",
            name="difficulty",
            field=models.CharField(
                blank=True,
                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                help_text="As you judge it. Quizzes draw by it.",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="expire_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expiry date/time"),
        ),
        migrations.AddField(
            model_name="question",
            name="expired",
            field=models.BooleanField(default=False, editable=False, verbose_name="expired"),
        ),
        migrations.AddField(
            model_name="question",
            name="first_published_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="first published at"),
        ),
        migrations.AddField(
            model_name="question",
            name="go_live_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="go live date/time"),
        ),
        migrations.AddField(
            model_name="question",
            name="has_unpublished_changes",
            field=models.BooleanField(default=False, editable=False, verbose_name="has unpublished changes"),
        ),
        migrations.AddField(
            model_name="question",
            name="last_published_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last published at"),
        ),
        migrations.AddField(
            model_name="question",
            name="latest_revision",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wagtailcore.revision",
                verbose_name="latest revision",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="live",
            field=models.BooleanField(default=True, editable=False, verbose_name="live"),
        ),
        migrations.AddField(
            model_name="question",
            name="live_revision",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wagtailcore.revision",
                verbose_name="live revision",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="locked",
            field=models.BooleanField(default=False, editable=False, verbose_name="locked"),
        ),
        migrations.AddField(
            model_name="question",
            name="locked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="locked at"),
        ),
        migrations.AddField(
            model_name="question",
            name="locked_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="locked_%(class)ss",
                to=settings.AUTH_USER_MODEL,
                verbose_name="locked by",
            ),
        ),
        migrations.AddField(
            model_name="questionversion",
            name="competency",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="questionversion",
            name="difficulty",
            field=models.CharField(
                blank=True,
                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                db_default="",
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="key",
            field=models.SlugField(
                blank=True,
                help_text="Attempts and imports refer to it, so it stays once the question is published. Empty: made of the title.",
                max_length=80,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("single", "Single choice"),
                    ("multiple", "Multiple response"),
                    ("truefalse", "True or false"),
                    ("numeric", "Number with unit"),
                    ("shorttext", "Short text"),
                    ("matching", "Matching"),
                    ("ordering", "Ordering"),
                    ("cloze", "Text with gaps"),
                    ("vignette", "Case vignette"),
                    ("scenario", "Branching scenario"),
                    ("essay", "Essay"),
                ],
                editable=False,
                max_length=12,
            ),
        ),
    ]
