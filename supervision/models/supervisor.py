from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from courses.standards.enums import Qualification
from lms.fields import EncryptedTextField
from supervision.enums import INSTRUCTIONS_MOST, REASON_MOST, SUPERVISOR_TONES, SupervisorState


class Supervisor(models.Model):
    """One person who may sign for trainees, with an account or without one.

    `email` is in lower case. `address_key` is its normal form (`supervision.rules.address`), by which the database
    refuses a trainee as her own supervisor under another spelling. What she signs counts while she is verified.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="supervising")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=254, db_index=True)
    state = models.CharField(max_length=12, choices=SupervisorState, default=SupervisorState.UNVERIFIED)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["email"], name="one_supervisor_per_address")]

    def __str__(self):
        return str(self.person) if self.person_id else self.name

    @property
    def tone(self) -> str:
        return SUPERVISOR_TONES[self.state]

    @property
    def is_verified(self) -> bool:
        return self.state == SupervisorState.VERIFIED

    @property
    def address(self) -> str:
        """Where her mail goes: the account's address, if there is an account."""
        return self.person.email if self.person_id else self.email


class SupervisorMove(models.Model):
    """The history of a supervisor: verified how, refused or suspended why, by whom. The reason is read by staff."""

    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=SupervisorState, blank=True)
    new = models.CharField(max_length=12, choices=SupervisorState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(old=F("new")), name="supervisor_moves_somewhere")]


class SupervisorQualification(models.Model):
    """What somebody without an account holds: a licence, an approval, a card of life support. It counts once staff have
    verified it. Never changed: a newer one is recorded beside it."""

    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=Qualification)
    authority = models.CharField(max_length=150)
    number = EncryptedTextField(max_length=80)
    expires_on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "-expires_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="qualification_is_verified_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.authority}"


class Site(models.Model):
    """Where trainees practise: a clinic or practice, whom to call there, and what to do when something happens."""

    name = models.CharField(max_length=200)
    street = models.CharField("street and number", max_length=200, blank=True)
    town = models.CharField(max_length=120, blank=True)
    region = models.CharField("state", max_length=80, blank=True)
    emergency_contacts = models.TextField(max_length=INSTRUCTIONS_MOST, blank=True)
    incident_instructions = models.TextField(max_length=INSTRUCTIONS_MOST, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="site_is_named_once")]

    def __str__(self):
        return self.name
