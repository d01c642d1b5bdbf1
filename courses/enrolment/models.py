from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from courses.curriculum.models import Edition, Program
from courses.enrolment.enums import OPEN_STATES, EnrolmentState
from courses.standards.models import StandardVersion
from lms.accounts.models.user import validate_time_zone
from lms.enums import Provenance, Track


class Cohort(models.Model):
    """People who begin together. It supplies the edition and standard version that its enrolments are pinned to."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="America/Denver", validators=[validate_time_zone])
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="cohorts")
    standard_version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="cohorts")
    seats = models.PositiveIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(1000)])

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="cohort_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["program", "name"], name="cohort_name_is_unique_in_program"),
        ]

    def __str__(self):
        return self.name


class Enrolment(models.Model):
    """One person's way through one program, pinned to an edition and a standard version. The truth for both."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    program = models.ForeignKey(Program, models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments")
    standard_version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=12, choices=EnrolmentState, default=EnrolmentState.ACTIVE)
    track = models.CharField(max_length=12, choices=Track, default=Track.THERAPIST)
    discipline = models.CharField(max_length=120, blank=True, help_text="Such as psychologist; kept as it was then.")
    provenance = models.CharField(max_length=12, choices=Provenance, default=Provenance.EARNED)
    enrolled_on = models.DateField()
    enrolled_at = models.DateTimeField(auto_now_add=True)
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "program"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_enrolment_per_person_and_program",
            )
        ]

    def __str__(self):
        return f"{self.person} in {self.program}"


class EnrolmentMove(models.Model):
    """The history of an enrolment's state."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=EnrolmentState, blank=True)
    new = models.CharField(max_length=12, choices=EnrolmentState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class SeatHold(models.Model):
    """A seat kept for somebody who is paying for it. Until it lapses or is released it counts like an enrolment."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="seat_holds")
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort"], condition=Q(released_at=None), name="one_held_seat_per_person_and_cohort"
            )
        ]


class EditionAdoption(models.Model):
    """A cohort came to a later edition: from which, to which, why. Append-only."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="adoptions")
    old = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    new = models.ForeignKey(Edition, models.PROTECT, related_name="adoptions")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["cohort", "new"], name="edition_adopted_once_per_cohort")]


class EditionMove(models.Model):
    """An enrolment that an adoption moved, from its own edition, and when its trainee has looked at what changed."""

    adoption = models.ForeignKey(EditionAdoption, models.PROTECT, related_name="moves")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="edition_moves")
    old = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["adoption", "enrolment"], name="enrolment_moved_once_by_adoption")
        ]
