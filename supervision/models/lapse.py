"""A paper of a supervisor that was not valid, found later: the hours under review, and what was decided about them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Enrolment
from courses.standards.enums import Qualification
from lms.fields import EncryptedTextField
from lms.web.templatetags.ui import day
from supervision.enums import REASON_MOST, LapseDecision, LogState
from supervision.models.log import PracticeLog
from supervision.models.session import SessionAttendance
from supervision.models.supervisor import Supervisor


class QualificationLapse(models.Model):
    """That a paper of a supervisor was not valid from a day to a day, both included; without a last day: revoked.

    `source` says where that was learnt, for staff. A row recorded in error is annulled, never deleted. `told_at`: when
    the mail to a supervisor without an account went out.
    """

    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="lapses")
    kind = models.CharField(max_length=12, choices=Qualification)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    source = EncryptedTextField(max_length=REASON_MOST)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True)
    annulled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    annulled_at = models.DateTimeField(null=True)
    annulled_reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="lapse_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(annulled_by=None, annulled_at=None)
                | Q(annulled_by__isnull=False, annulled_at__isnull=False),
                name="lapse_is_annulled_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["supervisor", "kind", "began_on"],
                condition=Q(annulled_at=None),
                name="one_lapse_of_a_paper_from_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.supervisor}"

    def covers(self, on: date) -> bool:
        return self.annulled_at is None and self.began_on <= on and (self.ended_on is None or on <= self.ended_on)

    @property
    def span(self) -> str:
        return f"from {day(self.began_on)} {f'until {day(self.ended_on)}' if self.ended_on else 'on'}"

    @property
    def lead(self) -> str:
        return f"Not valid {self.span}."

    @property
    def words_for_supervisor(self) -> str:
        return (
            f"A program director has recorded that your {self.get_kind_display().lower()} was not valid {self.span}. What you "
            "approved of visits and sessions on these days is under review. If this is wrong, please tell the program director."
        )


class LapseCase(models.Model):
    """The visits and sessions of one trainee under review because of one lapse, and the decision about them. Decided once.

    `to`: who signs again. `reason` is read by the trainee.
    """

    lapse = models.ForeignKey(QualificationLapse, models.PROTECT, related_name="cases")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="lapse_cases")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=LapseDecision, blank=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    to = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lapse", "enrolment"], name="one_case_per_lapse_and_enrolment"),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | Q(~Q(decision=""), decided_by__isnull=False, decided_at__isnull=False),
                name="case_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("trainee")), name="nobody_decides_their_own_case"
            ),
            models.CheckConstraint(
                condition=Q(decision=LapseDecision.AGAIN, to__isnull=False)
                | Q(~Q(decision=LapseDecision.AGAIN), to=None),
                name="signed_again_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["enrolment"], condition=Q(decision=""), name="undecided_lapse_cases")]


class LapseEntry(models.Model):
    """An entry that a case is about, and what it was before. Append-only."""

    case = models.ForeignKey(LapseCase, models.PROTECT, related_name="entries")
    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="lapse_entries")
    was = models.CharField(max_length=12, choices=LogState)

    class Meta:
        ordering = ["case_id", "log_id"]
        constraints = [models.UniqueConstraint(fields=["case", "log"], name="entry_stands_once_in_a_case")]


class LapseAttendance(models.Model):
    """A session that a case is about, as the trainee's attendance; it was confirmed before. Append-only."""

    case = models.ForeignKey(LapseCase, models.PROTECT, related_name="sessions")
    attendance = models.ForeignKey(SessionAttendance, models.PROTECT, related_name="lapse_rows")

    class Meta:
        ordering = ["case_id", "attendance_id"]
        constraints = [models.UniqueConstraint(fields=["case", "attendance"], name="session_stands_once_in_a_case")]
