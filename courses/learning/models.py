from django.conf import settings
from django.db import models

from courses.curriculum.models import Activity, Body
from courses.enrolment.models import Enrolment
from lms.enums import Provenance


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


class ReadingPosition(models.Model):
    """Where a trainee was reading last; a convenience, no evidence."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="reading_position")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now=True)
