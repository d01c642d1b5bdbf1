from django.conf import settings
from django.db import models

from lms.fields import EncryptedTextField
from supervision.enums import WHY_MOST
from supervision.guard.kinds import Kind


class GuardDeclaration(models.Model):
    """Somebody said of words in a free text that they are not about a client. The words are known by their SHA-256,
    until they are removed (`redaction`): then neither it nor the reason is kept."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind)
    sha256 = models.CharField(max_length=64)
    reason = EncryptedTextField(max_length=WHY_MOST, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field", "sha256"], name="words_are_declared_once"
            )
        ]
