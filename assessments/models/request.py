"""What a trainee asks when no attempt at a quiz is left."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.enums import RequestState
from courses.curriculum.models import Activity, EditionItem
from courses.enrolment.models import Enrolment
from lms.fields import EncryptedTextField


class AttemptRequest(models.Model):
    """Her wish for another attempt at one quiz, and what was decided. A granted one is one more attempt, for her alone.

    `reason` and `done`, what she has done of the help that the quiz names, are hers; `answer` is what she reads of the
    decision. The attempt can be started from `not_before`. Closed once it is decided.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attempt_requests")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    item = models.ForeignKey(EditionItem, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.OPEN)
    reason = EncryptedTextField()
    done = EncryptedTextField(blank=True)
    asked_at = models.DateTimeField()
    answer = EncryptedTextField(blank=True)
    not_before = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity"],
                condition=Q(state=RequestState.OPEN),
                name="one_open_request_per_enrolment_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, decided_at=None, decided_by=None)
                | Q(
                    state__in=[RequestState.GRANTED, RequestState.DECLINED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="decided_request_names_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(not_before=None) | Q(state=RequestState.GRANTED), name="only_a_granted_attempt_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="requests_that_wait")]

    def __str__(self):
        return f"Request for another attempt at {self.item}"

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def is_granted(self) -> bool:
        return self.state == RequestState.GRANTED
