from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.fields import EncryptedTextField
from supervision.enums import REASON_MOST, HandoverCause
from supervision.models.supervisor import Supervisor


class Handover(models.Model):
    """The open work of one supervisor that another one took over: why, since when, and how much it was. Append-only.

    Which rows moved stands in the audit row. `reason` is read by staff.
    """

    giver = models.ForeignKey(Supervisor, models.PROTECT, related_name="handovers_given")
    taker = models.ForeignKey(Supervisor, models.PROTECT, related_name="handovers_taken")
    cause = models.CharField(max_length=12, choices=HandoverCause)
    reason = EncryptedTextField(max_length=REASON_MOST)
    since = models.DateField()
    placements = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    sessions = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(giver=F("taker")), name="handed_over_to_another")]
