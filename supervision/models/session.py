from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from courses.enrolment.models import Enrolment
from lms.accounts.models.user import validate_time_zone
from lms.fields import EncryptedTextField
from supervision.enums import REASON_MOST
from supervision.models.signing import SigningLink
from supervision.models.supervisor import Supervisor
from supervision.sessions.enums import (
    ATTENDANCE_TONES,
    FEEDBACK_MOST,
    GROUP_MOST,
    SESSION_MINUTES_MOST,
    SESSION_TONES,
    AttendanceState,
    Modality,
    SessionFormat,
    SessionMeaning,
    SessionPurpose,
    SessionState,
)


class FeedbackTopic(models.Model):
    """Something that a session can be about: a list that directors edit in the CMS. Sessions keep the key."""

    key = models.SlugField(unique=True, help_text="Stable: sessions refer to it. Such as: non_directive.")
    label = models.CharField(
        max_length=120, help_text="As trainees and supervisors read it, such as: Boundaries and touch."
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Its place in the form; the lowest comes first.")
    is_active = models.BooleanField(
        "offered in the form",
        default=True,
        help_text="Take this away instead of deleting a topic: sessions that name it keep its words.",
    )

    panels = [
        FieldRowPanel([FieldPanel("label"), FieldPanel("key")]),
        FieldPanel("position"),
        FieldPanel("is_active"),
    ]

    class Meta:
        ordering = ["position", "key"]

    def __str__(self):
        return self.label

    def clean(self):
        if self.pk and FeedbackTopic.objects.filter(pk=self.pk).exclude(key=self.key).exists():
            raise ValidationError({"key": "The key stays as it is: sessions refer to it."})


class SupervisionSession(models.Model):
    """Supervision or consultation, once it takes place evidence for each trainee who was there.

    `on`, `starts_at` and `time_zone` are what was written, and `began_at` and `ended_at` the same in UTC. `others` took
    part and are no trainees here; `size` counts them with the trainees who are not absent. `topics` are keys.
    `covered_by` confirms in place of the supervisor who led it, and whose work was handed over.
    """

    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="sessions")
    covered_by = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="covered_sessions")
    format = models.CharField(max_length=12, choices=SessionFormat)
    purpose = models.CharField(max_length=12, choices=SessionPurpose)
    modality = models.CharField(max_length=12, choices=Modality)
    on = models.DateField("date", db_column="on_date")
    starts_at = models.TimeField()
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(SESSION_MINUTES_MOST)]
    )
    others = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(GROUP_MOST)])
    size = models.PositiveSmallIntegerField(validators=[MaxValueValidator(2 * GROUP_MOST)])
    topics = models.JSONField(default=list)
    feedback = EncryptedTextField(max_length=FEEDBACK_MOST, blank=True)
    state = models.CharField(max_length=12, choices=SessionState)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=SESSION_MINUTES_MOST), name="session_minutes_are_possible"
            ),
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="session_ends_after_it_begins"),
            models.CheckConstraint(
                condition=(~Q(format=SessionFormat.INDIVIDUAL) | Q(size__lte=1))
                & (~Q(format=SessionFormat.TRIADIC) | Q(size__lte=2)),
                name="session_is_no_larger_than_its_format",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=SessionState.CANCELLED) & Q(cancelled_at=None)),
                name="session_cancelled_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["supervisor", "state", "began_at"], name="session_of_supervisor")]

    def __str__(self):
        return f"Session of {self.on:%d %b %Y}"

    @property
    def decider(self) -> Supervisor:
        return self.covered_by if self.covered_by_id else self.supervisor

    @property
    def tone(self) -> str:
        return SESSION_TONES[self.state]


class SessionAttendance(models.Model):
    """One trainee in one session. `on` is the day on her own calendar when it was recorded; nothing moves it later.

    `version` counts what was confirmed or sent, so that a signature names exactly one state of it.
    """

    session = models.ForeignKey(SupervisionSession, models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="session_attendances")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField(db_column="on_date")
    state = models.CharField(max_length=12, choices=AttendanceState, default=AttendanceState.PROPOSED)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["session_id", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "trainee"], name="attends_a_session_once")]
        indexes = [models.Index(fields=["enrolment", "on"], name="attendance_by_enrolment")]

    @property
    def tone(self) -> str:
        return ATTENDANCE_TONES[self.state]


class SessionMove(models.Model):
    """The history of a session."""

    session = models.ForeignKey(SupervisionSession, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=SessionState, blank=True)
    new = models.CharField(max_length=12, choices=SessionState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class AttendanceMove(models.Model):
    """The history of an attendance. The reason is what the other side reads."""

    attendance = models.ForeignKey(SessionAttendance, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=AttendanceState, blank=True)
    new = models.CharField(max_length=12, choices=AttendanceState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]


class SessionSignature(models.Model):
    """A supervisor's signature that one trainee took part: name and role then, server time, meaning, the content and its
    SHA-256. Append-only, but for words that were taken out of the content afterwards.

    `signer` is an account; somebody without one signed through `link`, and `qualifications` are her verified papers then.
    """

    attendance = models.ForeignKey(SessionAttendance, models.PROTECT, related_name="signatures")
    version = models.PositiveIntegerField()
    meaning = models.CharField(max_length=10, choices=SessionMeaning)
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="session_signatures")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(SigningLink, models.PROTECT, null=True, related_name="session_signatures")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    role_held = models.CharField(max_length=40)
    qualifications = models.CharField(max_length=500, blank=True)
    signed_at = models.DateTimeField(auto_now_add=True)
    content = EncryptedTextField()
    sha256 = models.CharField(max_length=64)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["attendance", "version"], name="one_signature_per_attendance_version"),
            models.CheckConstraint(
                condition=Q(signer=None) | ~Q(signer=F("trainee")), name="nobody_signs_their_own_session"
            ),
            models.CheckConstraint(
                condition=Q(signer=None, link__isnull=False) | Q(signer__isnull=False, link=None),
                name="session_signed_by_an_account_or_by_a_link",
            ),
        ]
