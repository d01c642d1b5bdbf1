from django.db import models


class ItemState(models.TextChoices):
    """How far a trainee is with one item of her edition."""

    DONE = "done", "Done"
    IN_PROGRESS = "in_progress", "In progress"
    OPEN = "open", "Open"
    LOCKED = "locked", "Not open yet"


ATTESTATION_SIGNED = "attestation_signed"  # the name of the kind of requirement

AUDIT_ACTIONS = {
    "learning.completion.recorded": "Completed an activity",
    "learning.attestation.signed": "Signed an attestation",
}
