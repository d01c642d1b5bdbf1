from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Enrolment
from lms.enums import Provenance
from lms.fields import EncryptedTextField
from supervision.enums import PRIOR_MINUTES_MOST, PRIOR_TONES, REASON_MOST, REFLECTION_MOST, Phase, PriorState


class PriorHours(models.Model):
    """Evidence brought along: hours of one category that were earned before or elsewhere, with one document for them.

    They count once a director has approved them, with the provenance *transferred*. An approved row is locked; a
    correction is a new row that names the one it replaces. `version` counts the sendings, so that a decision names
    exactly what was read.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="prior_hours")
    category_key = models.SlugField("category")
    phase = models.CharField(max_length=12, choices=Phase, blank=True)
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(PRIOR_MINUTES_MOST)])
    began_on = models.DateField()
    ended_on = models.DateField()
    institution = models.CharField(max_length=200)
    supervisor_name = models.CharField(max_length=200)
    note = EncryptedTextField(max_length=REFLECTION_MOST, blank=True)
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.TRANSFERRED, editable=False)
    document = models.FileField(upload_to="prior/", max_length=100)
    document_type = models.CharField(max_length=40)
    document_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=PriorState, default=PriorState.SUBMITTED)
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "record of prior hours"
        verbose_name_plural = "records of prior hours"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=PRIOR_MINUTES_MOST), name="prior_minutes_are_possible"
            ),
            models.CheckConstraint(condition=Q(ended_on__gte=F("began_on")), name="prior_hours_end_after_they_begin"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("written_by")), name="nobody_decides_what_they_recorded"
            ),
            models.CheckConstraint(condition=Q(provenance=Provenance.TRANSFERRED), name="prior_hours_are_transferred"),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(supersedes__isnull=False) & ~Q(state=PriorState.VOIDED),
                name="one_correction_per_record_of_prior_hours",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="prior_hours_queue")]

    def __str__(self):
        return f"Prior hours at {self.institution}"

    @property
    def label(self) -> str:
        """As a standing names them: where and in which years."""
        first, last = self.began_on.year, self.ended_on.year
        return f"Transferred: {self.institution}, {first if first == last else f'{first} to {last}'}"

    @property
    def tone(self) -> str:
        return PRIOR_TONES[self.state]


class PriorMove(models.Model):
    """The history of a record. A decision carries the SHA-256 of what was on the screen; there is one per version."""

    prior = models.ForeignKey(PriorHours, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=PriorState, blank=True)
    new = models.CharField(max_length=12, choices=PriorState)
    version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["prior", "version"],
                condition=Q(new__in=[PriorState.APPROVED, PriorState.RETURNED]),
                name="one_decision_per_version_of_prior_hours",
            )
        ]
