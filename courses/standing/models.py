from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.enrolment.models import Enrolment
from lms.enums import ReasonClass


class Waiver(models.Model):
    """A requirement set aside for one enrolment, with reason, approver and document. Ending it keeps the row."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="waivers")
    requirement_key = models.CharField(max_length=64)
    reason = models.TextField(max_length=2000)
    document = models.CharField(
        max_length=300, help_text="The document it rests on, such as a transcript and its date."
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "requirement_key"],
                condition=Q(ended_at=None),
                name="one_open_waiver_per_requirement",
            )
        ]


class Hold(models.Model):
    """A gate of the award, not a requirement: nothing is conferred while one is open. Blocks nothing else."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="holds")
    reason_class = models.CharField(max_length=20, choices=ReasonClass, default=ReasonClass.ADMINISTRATIVE)
    note = models.CharField(max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    @property
    def reason_sentence(self) -> str:
        """What the trainee reads: the class of reason in its own wording, never the note."""
        return ReasonClass(self.reason_class).public_sentence
