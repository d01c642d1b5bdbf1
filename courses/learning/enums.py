from django.db import models


class ItemState(models.TextChoices):
    """How far a trainee is with one item of her edition."""

    DONE = "done", "Done"
    IN_PROGRESS = "in_progress", "In progress"
    OPEN = "open", "Open"
    LOCKED = "locked", "Not open yet"


ATTESTATION_SIGNED = "attestation_signed"  # the name of the kind of requirement


class Show(models.TextChoices):
    """What a trainee looks at of her notes."""

    ALL = "all", "Everything"
    NOTES = "notes", "Notes"
    HIGHLIGHTS = "highlights", "Highlights"
    BOOKMARKS = "bookmarks", "Bookmarks"
    GONE = "gone", "No longer in the text"


QUOTATION_MOST, NOTE_MOST = 500, 5_000  # signs
NOTES_MOST = 500  # in one enrolment

AUDIT_ACTIONS = {
    "learning.completion.recorded": "Completed an activity",
    "learning.attestation.signed": "Signed an attestation",
}
