"""What a session can be about, to begin with."""

from django.db import migrations

TOPICS = (
    ("non_directive", "Non-directive approach"),
    ("touch", "Boundaries and touch"),
    ("culture", "Cultural competence"),
    ("non_ordinary_states", "Non-ordinary states"),
    ("preparation", "Preparation and consent"),
    ("integration", "Integration"),
    ("safety", "Medical and psychological safety"),
    ("self_care", "Self-care"),
    ("ethics", "Ethics and law"),
    ("own_reactions", "The trainee’s own reactions"),
)


def add_topics(apps, schema_editor):
    topics = apps.get_model("supervision", "FeedbackTopic")
    for position, (key, label) in enumerate(TOPICS, start=1):
        topics.objects.get_or_create(key=key, defaults={"label": label, "position": 10 * position})


class Migration(migrations.Migration):
    dependencies = [("supervision", "0040_sessions")]

    operations = [migrations.RunPython(add_topics, migrations.RunPython.noop, elidable=False)]
