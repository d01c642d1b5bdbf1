"""What a person gave for an answer that no key can score. Append-only: one mark for each answer of an attempt."""

from fractions import Fraction

from django.conf import settings
from django.db import models

from assessments.models.attempt import Attempt
from assessments.scoring import in_percent
from lms.fields import EncryptedTextField


class Marking(models.Model):
    """`points` is an exact fraction from 0 to 1 as text; `steps` says for each criterion how far it was met, as
    fractions too, and is empty where the answer was marked in percent. `words` are read by the trainee and by staff."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="markings")
    slot = models.PositiveSmallIntegerField()
    points = models.CharField(max_length=20)
    steps = models.JSONField(default=list)
    words = EncryptedTextField(max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "slot"]
        constraints = [models.UniqueConstraint(fields=["attempt", "slot"], name="an_answer_is_marked_once")]

    @property
    def percent(self) -> str:
        return in_percent(Fraction(self.points) * 100)
