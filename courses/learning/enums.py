from django.db import models


class ItemState(models.TextChoices):
    """How far a trainee is with one item of her edition."""

    DONE = "done", "Done"
    IN_PROGRESS = "in_progress", "In progress"
    OPEN = "open", "Open"
    LOCKED = "locked", "Not open yet"


AUDIT_ACTIONS = {
    "learning.completion.recorded": "Completed an activity",
}
