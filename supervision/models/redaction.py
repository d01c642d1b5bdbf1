from django.conf import settings
from django.db import models
from django.db.models import Q

from supervision.enums import RedactedPart
from supervision.guard.kinds import REMOVED
from supervision.models.log import PracticeLog
from supervision.models.prior import PriorHours
from supervision.models.session import SupervisionSession


class Redaction(models.Model):
    """Words were taken out of the texts of an entry, of prior hours or of a session for good. Append-only, and it keeps
    nothing of the words themselves.

    A record, a move, a signature or a declaration that was changed by it names it (`redaction`): without such a row the
    database lets nobody change what is closed. `copies` counts the changed texts by their place.
    """

    log = models.ForeignKey(PracticeLog, models.PROTECT, null=True, related_name="redactions")
    prior = models.ForeignKey(PriorHours, models.PROTECT, null=True, related_name="redactions")
    session = models.ForeignKey(SupervisionSession, models.PROTECT, null=True, related_name="redactions")
    part = models.CharField(max_length=12, choices=RedactedPart)
    kind = models.CharField(max_length=12, choices=REMOVED)
    copies = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(log__isnull=False, prior=None, session=None)
                | Q(log=None, prior__isnull=False, session=None)
                | Q(log=None, prior=None, session__isnull=False),
                name="redaction_is_of_one_record",
            )
        ]
