from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from courses.curriculum.models import Activity, Body
from courses.enrolment.models import Enrolment
from lms.enums import Provenance
from lms.fields import EncryptedTextField
from lms.web.prepared import planned_cursor


class Completion(models.Model):
    """Evidence: one activity completed once in one enrolment. Names the body that was read. Append-only."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="completions")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="completions")
    body = models.ForeignKey(Body, models.PROTECT, related_name="completions")
    completed_at = models.DateTimeField(help_text="When it took effect.")
    recorded_at = models.DateTimeField(auto_now_add=True)
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.EARNED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="activity_completed_once_per_enrolment")
        ]


# As Django's own upsert, written once: every lesson that is opened for the first time waits for it.
MOVE_TO = """
INSERT INTO learning_readingposition (enrolment_id, activity_id, at) VALUES (%s, %s, %s)
ON CONFLICT (enrolment_id) DO UPDATE SET activity_id = excluded.activity_id, at = excluded.at
"""


class ReadingPosition(models.Model):
    """Where a trainee was reading last; a convenience, no evidence."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="reading_position")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now=True)

    @classmethod
    def move_to(cls, enrolment_id: int, activity_id: int) -> None:
        """One statement, also when two pages are opened at once."""
        at = cls._meta.get_field("at").get_db_prep_save(timezone.now(), connection)
        with planned_cursor(connection) as cursor:
            cursor.execute(MOVE_TO, [enrolment_id, activity_id, at])


class CorrectionsSeen(models.Model):
    """Up to which correction a trainee has looked at the corrections of her texts; a convenience, no evidence."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="corrections_seen")
    newest = models.PositiveBigIntegerField(help_text="The number of the newest erratum that there was.")
    at = models.DateTimeField(auto_now=True)


class CheckAnswer(models.Model):
    """What a trainee answered to one knowledge check: first and latest, and how often. Never graded.

    One row for each check, however often it is answered; an option is named by its id, several are joined by commas.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="check_answers")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    block = models.UUIDField()
    first_chosen = models.CharField(max_length=400)
    first_at = models.DateTimeField()
    chosen = models.CharField(max_length=400)
    is_right = models.BooleanField()
    at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity", "block"], name="one_row_of_answers_per_enrolment_and_check"
            )
        ]


class SignedAttestation(models.Model):
    """Evidence: a statement signed under a name, with the text as it was then. A renewal is a new row. Append-only."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="signed_attestations")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    block = models.UUIDField()
    key = models.SlugField(max_length=50, help_text="The attestation's own key; a standard asks for it by this.")
    label = models.CharField(max_length=120, help_text="What was signed, in a few words.")
    statement = models.TextField(help_text="The text as it was signed.")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200, help_text="The name that she typed to sign.")
    signed_at = models.DateTimeField(help_text="When it took effect.")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class Note(models.Model):
    """What a trainee wrote beside a passage of a lesson, or a passage she marked. Hers alone: no page, list or export of
    anybody else reads it, it leaves no trace in the audit, and it is really deleted when she deletes it.
    """

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="notes")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    block = models.CharField(max_length=64, blank=True, help_text='The part of the lesson; "" is the whole of it.')
    quotation = EncryptedTextField(blank=True)
    text = EncryptedTextField(blank=True, help_text="Empty: a highlight.")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["enrolment", "activity"], name="notes_of_a_lesson")]

    @property
    def is_highlight(self) -> bool:
        return not self.text


class Bookmark(models.Model):
    """A lesson that a trainee wants to find again; as private as her notes."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="bookmarks")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="lesson_bookmarked_once_per_enrolment")
        ]
