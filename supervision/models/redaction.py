from django.conf import settings
from django.db import models

from supervision.enums import RedactedPart
from supervision.guard.kinds import REMOVED
from supervision.models.log import PracticeLog


class Redaction(models.Model):
    """Words were taken out of the texts of an entry for good. Append-only, and it keeps nothing of the words themselves.

    An entry, a move, a signature or a declaration that was changed by it names it (`redaction`): without such a row the
    database lets nobody change what is closed. `copies` counts the changed texts by their place.
    """

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="redactions")
    part = models.CharField(max_length=12, choices=RedactedPart)
    kind = models.CharField(max_length=12, choices=REMOVED)
    copies = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
