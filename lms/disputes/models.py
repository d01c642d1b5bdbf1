from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from lms.disputes.enums import TONES, UNDECIDED, DisputeState
from lms.fields import EncryptedTextField


class Dispute(models.Model):
    """A disagreement about one evidence row of any room, named by model label and id. Never decided by `against`."""

    evidence_type = models.CharField(max_length=100)
    evidence_id = models.CharField(max_length=64)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="disputes")
    against = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = EncryptedTextField(max_length=4000)
    state = models.CharField(max_length=12, choices=DisputeState, default=DisputeState.OPEN)
    raised_at = models.DateTimeField(auto_now_add=True)
    escalates_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(max_length=4000, blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="What followed from the decision, in a sentence.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence_type", "evidence_id", "raised_by"],
                condition=Q(state__in=UNDECIDED),
                name="one_undecided_dispute_per_record_and_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(against=None) | ~Q(decided_by=models.F("against")),
                name="dispute_is_not_decided_by_the_person_disputed",
            ),
        ]

    @property
    def subject_words(self) -> str:
        """The record in words: "Practice log 12"."""
        try:
            name = apps.get_model(self.evidence_type)._meta.verbose_name
        except LookupError:
            name = "Record"
        return f"{str(name).capitalize()} {self.evidence_id}"

    @property
    def tone(self) -> str:
        return TONES[self.state]


class DisputeMove(models.Model):
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=DisputeState, blank=True)
    new = models.CharField(max_length=12, choices=DisputeState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
