from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Enrolment
from lms.accounts.models.user import validate_time_zone
from lms.enums import Provenance
from lms.fields import EncryptedTextField
from supervision.enums import (
    GROUP_MOST,
    MINUTES_MOST,
    REASON_MOST,
    REFLECTION_MOST,
    TONES,
    Format,
    LogState,
    Modality,
    Phase,
    PracticeRole,
    Route,
    state_in_words,
)
from supervision.models.placement import ClientCode, Placement


class PracticeLog(models.Model):
    """Evidence: one visit. An approved entry is locked; a correction is a new entry that names the one it replaces.

    `reviewer` is set when a dispute was upheld: she decides in place of the placement's supervisor.
    `on`, `starts_at` and `time_zone` are what the trainee wrote, and nothing moves them later; `began_at` and
    `ended_at` are the same visit in UTC, for comparing. `minutes` is the sum of the segments. `version` counts the
    edits, so that a signature names exactly what was read. Route, modality and format are empty on entries from before
    they were asked for. `flags` are the rules of practice that it breaks without being refused, each with its sentence.
    `visit` is shared by the entries of two trainees about one visit: sessions count by it, minutes by person.
    `credited_at` and `withdrawn_at` are the last approval and the last withdrawal of one. `redaction` is the last one that
    took words out of its reflection.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="practice_logs")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="practice_logs")
    category_key = models.SlugField("category")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=16, choices=PracticeRole)
    on = models.DateField("date", db_column="on_date")  # ON is a word of SQL, and triggers name the column
    starts_at = models.TimeField()
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MINUTES_MOST)])
    route = models.CharField(max_length=8, choices=Route, blank=True)
    modality = models.CharField(max_length=12, choices=Modality, blank=True)
    format = models.CharField(max_length=16, choices=Format, blank=True)
    group_size = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(GROUP_MOST)])
    touch_used = models.BooleanField(default=False)
    touch_agreed_before = models.BooleanField(default=False)
    adverse_event = models.BooleanField(default=False)
    visit = models.UUIDField(null=True, editable=False, db_index=True)
    flags = models.JSONField(default=list, editable=False)
    clients = models.ManyToManyField(ClientCode, through="LogClient", related_name="logs")
    client_consented = models.BooleanField(default=False)
    reflection = EncryptedTextField(max_length=REFLECTION_MOST, blank=True)
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.EARNED)
    state = models.CharField(max_length=12, choices=LogState, default=LogState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    credited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "practice log entry"
        verbose_name_plural = "practice log entries"
        ordering = ["-on", "-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MINUTES_MOST), name="log_minutes_are_possible"
            ),
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="log_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(touch_used=True) | Q(touch_agreed_before=False), name="log_agreement_is_about_touch_used"
            ),
            models.CheckConstraint(condition=Q(supersedes=None) | ~Q(supersedes=F("id")), name="log_replaces_another"),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(supersedes__isnull=False) & ~Q(state=LogState.VOIDED),
                name="one_correction_per_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["enrolment", "on", "id"], name="log_by_enrolment"),
            models.Index(fields=["placement", "state", "submitted_at"], name="log_queue"),
            models.Index(fields=["enrolment", "began_at", "ended_at"], name="log_overlap"),
        ]

    def __str__(self):
        return f"Entry of {self.on:%d %b %Y}"

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def state_words(self) -> str:
        return state_in_words(self.state, self.provenance)

    @property
    def reviewing(self):
        """Whose account decides about it: the placement's supervisor or who covers it, unless a dispute gave it to
        another one. None for a supervisor without an account, who signs by a link."""
        return self.reviewer or self.placement.decider.person

    @property
    def reviewing_id(self) -> int | None:
        return self.reviewer_id or self.placement.decider.person_id


class LogSegment(models.Model):
    """Some minutes of a visit spent in one phase. Locked with its log."""

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="segments")
    phase = models.CharField(max_length=12, choices=Phase)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MINUTES_MOST)])
    position = models.PositiveSmallIntegerField(default=0)
    is_locked = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["log_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["log", "phase"], name="one_segment_per_phase"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MINUTES_MOST), name="segment_minutes_are_possible"
            ),
        ]


class LogClient(models.Model):
    """A client code named by a visit. Locked with its log."""

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="client_rows")
    client = models.ForeignKey(ClientCode, models.PROTECT, related_name="log_rows")
    is_locked = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["log_id", "client_id"]
        constraints = [models.UniqueConstraint(fields=["log", "client"], name="client_named_once_per_log")]


class LogMove(models.Model):
    """The history of an entry. The reason of a return is what the trainee reads."""

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=LogState, blank=True)
    new = models.CharField(max_length=12, choices=LogState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
