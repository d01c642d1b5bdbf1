import django.db.models.deletion
from django.db import migrations, models

import certificates.models.file


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CredentialFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pdf_a4", "Certificate, A4 (PDF)"),
                            ("pdf_letter", "Certificate, US Letter (PDF)"),
                            ("png", "Badge for wallets and profiles (PNG)"),
                            ("svg", "Badge for wallets and profiles (SVG)"),
                            ("preview", "Picture of the certificate, for its holder's page (PNG)"),
                        ],
                        max_length=12,
                    ),
                ),
                ("file", models.FileField(max_length=200, upload_to=certificates.models.file.place_of)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("renderer_version", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="certificates.credential"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("credential", "kind"), name="one_file_of_a_kind_per_credential")
                ],
            },
        ),
    ]
