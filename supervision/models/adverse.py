from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.curriculum.models import Program
from supervision.models.log import PracticeLog


class AdverseResponder(models.Model):
    """Who is alerted first of an adverse event in a program; without one, its first director is."""

    program = models.OneToOneField(Program, models.PROTECT, related_name="adverse_responder")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)


class AdverseAlert(models.Model):
    """An entry says that there was an adverse event; nothing of it is kept here. The responder acknowledges it by
    `due_at`, or all directors are told."""

    log = models.OneToOneField(PracticeLog, models.PROTECT, related_name="alert")
    responder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="an_acknowledgement_has_its_person_and_time",
            )
        ]
        indexes = [models.Index(fields=["acknowledged_at", "due_at"], name="adverse_alert_waiting")]

    @property
    def words(self) -> str:
        if self.acknowledged_at:
            return "Acknowledged"
        return "All directors were told" if self.escalated_at else "Waiting for acknowledgement"

    @property
    def tone(self) -> str:
        return "met" if self.acknowledged_at else "critical" if self.escalated_at else "waiting"
