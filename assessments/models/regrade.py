"""Regrades: how a version of a question counts from now on, and what each changed attempt had before. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.enums import PassesKept, RegradeChange
from assessments.models.attempt import Attempt
from assessments.models.question import QuestionVersion
from assessments.scoring import in_percent


class Regrade(models.Model):
    """One director's decision about one version. `key` is what is right now, or also right (see `regrading.rulings`).

    It is in force from `at`: attempts that are closed later are graded with it, those closed before have a row each where
    it changed something.
    """

    version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="regrades")
    change = models.CharField(max_length=8, choices=RegradeChange)
    key = models.JSONField(default=dict)
    passes = models.CharField(max_length=12, choices=PassesKept)
    reason = models.TextField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_change_display()}: {self.version}"


class RegradedAttempt(models.Model):
    """What one regrade did to one attempt: the outcome it had, and the one that was computed.

    `is_kept`: the computed outcome would have taken a pass away, and the regrade keeps it; then the old outcome still counts.
    """

    regrade = models.ForeignKey(Regrade, models.PROTECT, related_name="attempts")
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="regrades")
    old_score = models.DecimalField(max_digits=5, decimal_places=2)
    old_passed = models.BooleanField()
    old_failed_critical = models.BooleanField()
    old_result = models.JSONField()
    new_score = models.DecimalField(max_digits=5, decimal_places=2)
    new_passed = models.BooleanField()
    new_failed_critical = models.BooleanField()
    new_result = models.JSONField()
    is_kept = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="regrade_touches_an_attempt_once"),
            models.CheckConstraint(
                condition=Q(is_kept=False) | Q(old_passed=True, new_passed=False),
                name="only_a_pass_that_would_go_is_kept",
            ),
        ]

    @property
    def in_words(self) -> str:
        return f"A question was not right. The score was {self.old_percent} before, and is {self.new_percent} now."

    @property
    def old_percent(self) -> str:
        return in_percent(self.old_score)

    @property
    def new_percent(self) -> str:
        return in_percent(self.new_score)

    @property
    def counting_percent(self) -> str:
        """What counts since: the former score where the pass was kept."""
        return self.old_percent if self.is_kept else self.new_percent
