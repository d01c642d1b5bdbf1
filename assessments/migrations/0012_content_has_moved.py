"""What 0011 has moved into the stream of a question goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assessments", "0011_move_content")]

    operations = [
        migrations.RemoveField(
            model_name="question",
            name="accepted_units",
        ),
        migrations.RemoveField(
            model_name="question",
            name="answer",
        ),
        migrations.RemoveField(
            model_name="question",
            name="tolerance",
        ),
        migrations.RemoveField(
            model_name="question",
            name="unit",
        ),
        migrations.DeleteModel(
            name="QuestionOption",
        ),
    ]
