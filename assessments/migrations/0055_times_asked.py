import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("assessments", "0051_attempt_requests")]

    operations = [
        migrations.CreateModel(
            name="TimesAsked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("asked", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="times_asked",
                        to="assessments.question",
                    ),
                ),
            ],
            options={
                "ordering": ["question_id", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("question", "version"), name="times_asked_once_per_version"),
                    models.CheckConstraint(condition=Q(answered__lte=F("asked")), name="answered_no_more_than_asked"),
                ],
            },
        ),
    ]
