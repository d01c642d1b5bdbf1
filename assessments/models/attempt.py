"""Attempts and their answers. The server owns the draw, the clock and the score."""

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

from assessments.enums import CLOSED, AttemptState
from courses.curriculum.models import Activity, Body, EditionItem
from courses.enrolment.models import Enrolment
from lms.enums import Provenance
from lms.web.prepared import planned_cursor


class Attempt(models.Model):
    """Evidence: one sitting of one quiz. Graded once, when it is closed; then the database refuses any change.

    `body` names the exact questions that were asked; `draw` is [{"slot", "question"}], each with what chance decided, and `result`
    [{"slot", "question", "version", "critical", "response", "points"}], points as an exact fraction.
    `submitted_at` is when it took effect (the deadline when time ran out), `graded_at` when it was recorded.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attempts")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="attempts")
    item = models.ForeignKey(EditionItem, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.IN_PROGRESS)
    draw = models.JSONField()
    started_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    graded_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="Percent, rounded down.")
    passed = models.BooleanField(null=True)
    failed_critical = models.BooleanField(null=True)
    result = models.JSONField(default=list)
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.EARNED)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity", "number"], name="attempt_number_is_unique"),
            models.UniqueConstraint(
                fields=["enrolment", "activity"],
                condition=Q(state=AttemptState.IN_PROGRESS),
                name="one_open_attempt_per_enrolment_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=AttemptState.IN_PROGRESS,
                    submitted_at=None,
                    graded_at=None,
                    score=None,
                    passed=None,
                    failed_critical=None,
                )
                | Q(
                    state__in=CLOSED,
                    submitted_at__isnull=False,
                    graded_at__isnull=False,
                    score__isnull=False,
                    passed__isnull=False,
                    failed_critical__isnull=False,
                ),
                name="attempt_is_graded_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="attempt_score_in_range"
            ),
            models.CheckConstraint(
                condition=Q(deadline=None) | Q(deadline__gt=F("started_at")), name="attempt_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(passed=None) | Q(passed=False) | Q(failed_critical=False),
                name="missed_critical_item_never_passes",
            ),
        ]

    def __str__(self):
        return f"Attempt {self.number} at {self.item}"

    @property
    def percent(self) -> str:
        """The score as people read it, rounded down: 79.99 is never shown as 80 %."""
        return f"{int(self.score)}\u00a0%"

    @property
    def is_open(self) -> bool:
        return self.state == AttemptState.IN_PROGRESS


# What Django's own upsert cannot say is the condition: an older answer never replaces a newer one.
UPSERT = """
INSERT INTO assessments_answer (attempt_id, slot, response, client_seq, saved_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (attempt_id, slot) DO UPDATE
SET response = excluded.response, client_seq = excluded.client_seq, saved_at = excluded.saved_at
WHERE assessments_answer.client_seq < excluded.client_seq
RETURNING id
"""


class Answer(models.Model):
    """The newest answer to one slot. `client_seq` rises with every save of one browser; an older one never wins."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField()
    response = models.JSONField()
    client_seq = models.PositiveBigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "slot"]
        constraints = [models.UniqueConstraint(fields=["attempt", "slot"], name="one_answer_per_slot")]

    def save_if_newest(self) -> bool:
        """Write it unless an answer with the same or a later sequence number is there: one statement on both engines,
        so that of two windows the later one wins, whatever order they arrive in. Returns whether it was written."""
        names = ("attempt", "slot", "response", "client_seq", "saved_at")
        fields = [self._meta.get_field(name) for name in names]
        values = [field.get_db_prep_save(getattr(self, field.attname), connection) for field in fields]
        with planned_cursor(connection) as cursor:
            cursor.execute(UPSERT, values)
            row = cursor.fetchone()
        if row:
            self.pk = row[0]
        return row is not None


class AttemptMove(models.Model):
    """The history of an attempt's state. `by` is None when the clock closed it."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=AttemptState, blank=True)
    new = models.CharField(max_length=12, choices=AttemptState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
