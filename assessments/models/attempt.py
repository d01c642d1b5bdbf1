"""Attempts and their answers. The server owns the draw, the clock and the score."""

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

from assessments.enums import CLOSED, LONGEST_REASON, AttemptState, TimeCause
from assessments.scoring import Outcome, in_percent
from courses.curriculum.models import Activity, Body, EditionItem
from courses.enrolment.models import Enrolment
from lms.enums import Provenance
from lms.uptime.models import Outage
from lms.web.prepared import planned_cursor


class Attempt(models.Model):
    """Evidence: one sitting of one quiz. Graded once, when it is closed; then the database refuses any change but annulment.

    `body` names the exact questions that were asked; `draw` is [{"slot", "question"}], each with what chance decided, and `result`
    [{"slot", "question", "version", "critical", "response", "points"}], points as an exact fraction, or null while an
    essay waits to be marked. `submitted_at` is when it took effect (the deadline when time ran out), `graded_at` when the
    grade was recorded. An annulled attempt keeps what it had and counts for nothing.

    `deadline` grows by recorded acts alone (`TimeGiven`). During a break, of which `break_minutes` are allowed in all, the
    clock stands still from `break_began_at` to `break_ends_at` at the latest. `at_slot` is how far she is in a quiz that
    goes forward only; `has_agreed` says that she agreed to the honour statement of the body.
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
    regraded = models.ForeignKey("RegradedAttempt", models.PROTECT, null=True, related_name="+")
    has_agreed = models.BooleanField(default=False)
    at_slot = models.PositiveSmallIntegerField(default=1)
    break_minutes = models.PositiveSmallIntegerField(default=0)
    break_began_at = models.DateTimeField(null=True)
    break_ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["submitted_at"],
                condition=Q(state=AttemptState.AWAITING),
                name="attempts_that_wait",
            )
        ]
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
                    state=AttemptState.AWAITING,
                    submitted_at__isnull=False,
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
                )
                | Q(Q(passed=None) | Q(passed=False), state=AttemptState.ANNULLED, submitted_at__isnull=False),
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
            models.CheckConstraint(
                condition=Q(break_began_at=None, break_ends_at=None)
                | Q(
                    state=AttemptState.IN_PROGRESS, break_began_at__isnull=False, break_ends_at__gt=F("break_began_at")
                ),
                name="attempt_break_has_both_ends",
            ),
        ]

    def __str__(self):
        return f"Attempt {self.number} at {self.item}"

    @property
    def percent(self) -> str:
        """The score as people read it; nothing while it has none."""
        return "" if self.score is None else in_percent(self.score)

    def set_outcome(self, outcome: Outcome) -> None:
        self.score, self.passed, self.failed_critical = outcome.percent, outcome.passed, outcome.failed_critical

    @property
    def outcome(self) -> Outcome:
        """What counts now, of a graded attempt."""
        return Outcome(self.score, self.passed, self.failed_critical)

    @property
    def is_open(self) -> bool:
        return self.state == AttemptState.IN_PROGRESS

    @property
    def is_awaiting(self) -> bool:
        return self.state == AttemptState.AWAITING

    @property
    def is_annulled(self) -> bool:
        return self.state == AttemptState.ANNULLED

    @property
    def is_on_break(self) -> bool:
        return self.break_began_at is not None

    @property
    def is_graded(self) -> bool:
        return self.state in CLOSED


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
    """The history of an attempt: its states, and the same state twice when it was given time. `by` is None for the clock."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=AttemptState, blank=True)
    new = models.CharField(max_length=12, choices=AttemptState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        ordering = ["id"]


class TimeGiven(models.Model):
    """More time for one open attempt: the only way in which its deadline changes. `by` is None for the system itself."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="time_given")
    cause = models.CharField(max_length=12, choices=TimeCause)
    seconds = models.PositiveIntegerField()
    old_deadline = models.DateTimeField()
    new_deadline = models.DateTimeField()
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    outage = models.ForeignKey(Outage, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "outage"], name="an_outage_is_given_back_once"),
            models.CheckConstraint(
                condition=Q(cause=TimeCause.OUTAGE, outage__isnull=False)
                | (~Q(cause=TimeCause.OUTAGE) & Q(outage=None)),
                name="time_of_an_outage_names_it",
            ),
            models.CheckConstraint(
                condition=Q(seconds__gt=0, new_deadline__gt=F("old_deadline")), name="time_given_is_more_time"
            ),
        ]
