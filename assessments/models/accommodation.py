"""What was agreed with one person for all quizzes of one program, because of how she reads, writes or can sit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.enums import MOST_BREAK_MINUTES, MOST_EXTRA_ATTEMPTS, MOST_EXTRA_TIME
from courses.curriculum.models import Program
from lms.clock.models import MOST_DAYS
from lms.fields import EncryptedTextField


class Accommodation(models.Model):
    """One is in force per person and program. Granting another one ends it; both rows stay, and nothing in them changes.

    `extra_time` is percent of a quiz's own limit: 50 makes an hour an hour and a half, exactly.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accommodations")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    extra_time = models.PositiveSmallIntegerField(default=0)
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    break_minutes = models.PositiveSmallIntegerField(default=0)
    large_print = models.BooleanField(default=False)
    extra_days = models.PositiveSmallIntegerField(default=0)
    reason = EncryptedTextField(max_length=2000)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    end_reason = EncryptedTextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "program"], condition=Q(ended_at=None), name="one_accommodation_in_force"
            ),
            models.CheckConstraint(
                condition=Q(
                    extra_time__lte=MOST_EXTRA_TIME,
                    extra_attempts__lte=MOST_EXTRA_ATTEMPTS,
                    break_minutes__lte=MOST_BREAK_MINUTES,
                    extra_days__lte=MOST_DAYS,
                ),
                name="accommodation_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(extra_time__gt=0)
                | Q(extra_attempts__gt=0)
                | Q(break_minutes__gt=0)
                | Q(extra_days__gt=0)
                | Q(large_print=True),
                name="accommodation_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("granted_at"), ended_by__isnull=False),
                name="accommodation_is_ended_by_somebody",
            ),
        ]
