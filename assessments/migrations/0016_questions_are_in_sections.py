"""What 0015 has moved into sections goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assessments", "0015_move_into_sections")]

    operations = [
        migrations.RemoveField(
            model_name="quizpage",
            name="draw",
        ),
        migrations.DeleteModel(
            name="QuizQuestion",
        ),
    ]
