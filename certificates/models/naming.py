from django.conf import settings
from django.db import models
from django.db.models import Q

from certificates.enums import NameRequestState
from certificates.models.credential import Credential
from lms.fields import EncryptedTextField


class NameRequest(models.Model):
    """The holder asks for her certificate in the name she has confirmed since. The name itself is not kept here: it is
    read from her profile when a director issues the new certificate. `answer` is what a director wrote on closing it."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="name_requests")
    state = models.CharField(max_length=10, choices=NameRequestState, default=NameRequestState.OPEN)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(state=NameRequestState.OPEN), name="one_open_name_request"
            ),
            models.CheckConstraint(
                condition=Q(state=NameRequestState.OPEN, decided_at=None)
                | (~Q(state=NameRequestState.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="name_request_is_open_or_decided",
            ),
        ]
