"""How often versions of questions were asked: a stored count, made anew each night, that no page has to compute."""

from django.db import models
from django.db.models import F

from assessments.models.question import Question


class TimesAsked(models.Model):
    """How often one version stood in a closed attempt, and how often it was answered there. No evidence: it can be made anew."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="times_asked")
    version = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["question_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["question", "version"], name="times_asked_once_per_version"),
            models.CheckConstraint(condition=models.Q(answered__lte=F("asked")), name="answered_no_more_than_asked"),
        ]
