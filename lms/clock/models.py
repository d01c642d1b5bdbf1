from django.conf import settings
from django.db import models
from django.db.models import Q

from lms.fields import EncryptedTextField

MOST_DAYS = 730


class Cause(models.TextChoices):
    LEAVE = "leave", "Leave"
    ACCOMMODATION = "accommodation", "Accommodation"
    COHORT_DELAY = "cohort_delay", "The whole cohort moved"
    OUTAGE = "outage", "The site did not answer"
    PAUSE = "pause", "The enrolment was paused"
    EXTENSION = "extension", "Extension"


class Adjustment(models.Model):
    """More days for one person, for everybody of one cohort, or for one person in one cohort. Only a director sees why."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cohort_id = models.PositiveBigIntegerField(null=True)
    cause = models.CharField(max_length=20, choices=Cause)
    since = models.DateField()
    days = models.PositiveSmallIntegerField()
    reason = EncryptedTextField(max_length=2000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(cohort_id__isnull=False),
                name="adjustment_is_for_a_person_or_a_cohort",
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=MOST_DAYS), name="adjustment_adds_days"),
        ]
