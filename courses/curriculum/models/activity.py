import uuid

from django.db import models

from courses.curriculum.enums import ActivityKind
from lms.accounts.models.user import validate_time_zone


class Program(models.Model):
    """The stable identity of a program. Evidence, cohorts and credentials hang on it; pages come and go."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=64, default="America/Denver", validators=[validate_time_zone])
    is_demonstration = models.BooleanField(default=False)
    needs_acceptance = models.BooleanField(
        default=False, help_text="Cohorts may use an edition only once a regulator has accepted it."
    )

    class Meta:
        ordering = ["title", "id"]

    def __str__(self):
        return self.title


class Activity(models.Model):
    """The stable identity of a module, lesson, quiz, assignment or session, over all editions. Never deleted."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=ActivityKind)
    program = models.ForeignKey(Program, models.PROTECT, related_name="activities")
    title = models.CharField(max_length=255, help_text="As of the newest edition; for lists of staff.")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.title
