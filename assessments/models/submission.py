"""What a trainee hands in for an assignment. Every text that was handed in stays, in the row of its move."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.enums import EDITABLE, SubmissionState
from courses.curriculum.models import Activity, Body, EditionItem
from courses.enrolment.models import Enrolment
from lms.enums import Provenance
from lms.fields import EncryptedTextField


class Submission(models.Model):
    """One assignment of one trainee. `text` is what she has before her: others read what she handed in, in its move.

    `item` and `body` name what the assignment said when it was handed in last. Closed once it is accepted.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="submissions")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="submissions")
    item = models.ForeignKey(EditionItem, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    text = EncryptedTextField(blank=True)
    state = models.CharField(max_length=12, choices=SubmissionState, default=SubmissionState.DRAFT)
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.EARNED)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity"], name="one_submission_per_enrolment_and_assignment"
            ),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.ACCEPTED)
                | Q(submitted_at__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="accepted_submission_names_who_and_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="submissions_that_wait")]

    def __str__(self):
        return str(self.item)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


class SubmissionMove(models.Model):
    """The history of a submission. A move to "handed in" keeps the text, one to "returned" the reason. Append-only."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=SubmissionState)
    new = models.CharField(max_length=12, choices=SubmissionState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = EncryptedTextField(blank=True)
    reason = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["id"]
