import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0011_supervisors_of_placements")]

    operations = [
        migrations.RemoveField("placement", "supervisor"),
        migrations.RemoveField("placement", "site"),
        migrations.RenameField("placement", "new_supervisor", "supervisor"),
        migrations.RenameField("placement", "new_site", "site"),
        migrations.AlterField(
            "placement",
            "supervisor",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="supervision.supervisor"
            ),
        ),
        migrations.AlterField(
            "placement",
            "site",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="supervision.site"
            ),
        ),
    ]
