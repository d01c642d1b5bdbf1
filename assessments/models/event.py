"""What is noted of an attempt while it is taken."""

from django.db import models
from django.db.models import Q

from assessments.enums import EventKind
from assessments.models.attempt import Attempt


class AttemptEvent(models.Model):
    """One thing that happened while an attempt was taken. Append-only, and read by people alone: no rule asks this table.

    `at` is the server's time, also of what a browser tells. `device` is a salted hash of the session, another one for each
    attempt, so that nothing can be followed from one attempt to the next; an address is never kept. `detail` is the code of
    a refusal, the seconds that were given, or how many seconds before `at` it happened as the browser counts.
    A start and every answer that is saved are noted by triggers, see `assessments.evidence`: they cost no statement.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=12, choices=EventKind)
    at = models.DateTimeField()
    slot = models.PositiveSmallIntegerField(null=True)
    device = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="attempt_event_is_of_a_known_kind")
        ]
        indexes = [models.Index(fields=["attempt", "kind"], name="events_of_an_attempt")]
