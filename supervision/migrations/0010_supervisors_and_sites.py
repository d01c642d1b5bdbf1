import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import lms.fields

STATES = [
    ("unverified", "Not verified yet"),
    ("verified", "Verified"),
    ("refused", "Could not be verified"),
    ("suspended", "Suspended"),
]


FROZEN = "supervision_placement_frozen"


def let_placements_change(apps, schema_editor):
    """The trigger that keeps placements as they were written; it is installed again after the migrations."""
    table = " ON supervision_placement" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {FROZEN}{table}")


def person(**kwargs):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, **kwargs)


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0003_reviewer_after_dispute"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(let_placements_change, let_placements_change),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="street and number")),
                ("town", models.CharField(blank=True, max_length=120)),
                ("region", models.CharField(blank=True, max_length=80, verbose_name="state")),
                ("emergency_contacts", models.TextField(blank=True, max_length=2000)),
                ("incident_instructions", models.TextField(blank=True, max_length=2000)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="site_is_named_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Supervisor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("address_key", models.CharField(db_index=True, max_length=254)),
                ("state", models.CharField(choices=STATES, default="unverified", max_length=12)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("made_by", person(null=True, related_name="+")),
                (
                    "person",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervising",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [models.UniqueConstraint(fields=("email",), name="one_supervisor_per_address")],
            },
        ),
        migrations.CreateModel(
            name="SupervisorMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, choices=STATES, max_length=12)),
                ("new", models.CharField(choices=STATES, max_length=12)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", lms.fields.EncryptedTextField(blank=True, max_length=1000)),
                ("by", person(null=True, related_name="+")),
                (
                    "supervisor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="supervision.supervisor"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True), name="supervisor_moves_somewhere"
                    )
                ],
            },
        ),
        migrations.RemoveConstraint("placement", "placement_supervisor_is_not_the_trainee"),
        migrations.AlterField("placement", "supervisor", person(related_name="+")),
        migrations.AddField(
            "placement",
            "new_supervisor",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="supervision.supervisor",
            ),
        ),
        migrations.AddField(
            "placement",
            "new_site",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="supervision.site"
            ),
        ),
        migrations.AddField("placement", "trainee_key", models.CharField(default="", editable=False, max_length=254)),
    ]
