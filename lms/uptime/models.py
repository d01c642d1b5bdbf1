"""The site's own record of when it answered and when it did not."""

from django.db import models
from django.db.models import F, Q


class Heartbeat(models.Model):
    """One row: when the site last showed that it was there to answer."""

    at = models.DateTimeField()


class Outage(models.Model):
    """A time in which the site gave no sign of life: from the last one before it to the first one after it."""

    began_at = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["began_at"]
        constraints = [models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="outage_has_a_length")]
