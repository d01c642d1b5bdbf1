from django.conf import settings
from django.db import models
from django.db.models import Q

from lms.fields import EncryptedTextField


class Cause(models.TextChoices):
    LEAVE = "leave", "Leave"
    ACCOMMODATION = "accommodation", "Accommodation"
    COHORT_DELAY = "cohort_delay", "The whole cohort moved"
    OUTAGE = "outage", "The site did not answer"


class Adjustment(models.Model):
    """More days for one person, or for everybody of one cohort. Only a director sees the reason of a leave."""

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
                condition=Q(person=None, cohort_id__isnull=False) | Q(person__isnull=False, cohort_id=None),
                name="adjustment_is_for_a_person_or_a_cohort",
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=730), name="adjustment_adds_days"),
        ]
