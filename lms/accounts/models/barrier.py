from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.fields import EncryptedTextField


class Barrier(models.Model):
    """Two people who must not assign, grade or sign for each other: a declared conflict or a report. Its reason is hidden.

    `low` and `high` are the two people, the smaller id first, so that a pair has one row.
    """

    low = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    high = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = EncryptedTextField(max_length=2000)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="barrier_names_two_people_in_order"),
            models.UniqueConstraint(
                fields=["low", "high"], condition=Q(ended_at=None), name="one_open_barrier_per_pair"
            ),
        ]
