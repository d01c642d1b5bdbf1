from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.accounts.enums import DocumentKind
from lms.fields import EncryptedTextField


class ProfessionalDocument(models.Model):
    """A licence, card or policy that runs out, as its holder recorded it. Never changed: a newer one replaces it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="professional_documents")
    kind = models.CharField(max_length=12, choices=DocumentKind)
    authority = models.CharField(max_length=150)
    number = EncryptedTextField(max_length=80)
    expires_on = models.DateField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replacement")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["expires_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(replaces=F("id")), name="document_replaces_another")
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.authority}"
