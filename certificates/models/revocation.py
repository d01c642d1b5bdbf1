from django.conf import settings
from django.db import models
from django.db.models import F, Q

from certificates.enums import RequestState
from certificates.models.credential import Credential
from lms.enums import ReasonClass
from lms.fields import EncryptedTextField


class RevocationRequest(models.Model):
    """One person asks to revoke, another confirms. `why` is read only by directors; the public sees the reason's class."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="revocation_requests")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    reason_class = models.CharField(max_length=20, choices=ReasonClass)
    why = EncryptedTextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(state=RequestState.OPEN), name="one_open_revocation_request"
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.CONFIRMED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="revocation_needs_two_different_people",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, decided_at=None)
                | (~Q(state=RequestState.OPEN) & Q(decided_at__isnull=False)),
                name="revocation_request_is_open_or_decided",
            ),
        ]
