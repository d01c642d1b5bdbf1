import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from certificates import codes
from certificates.enums import LIVE_STATES, CredentialState
from certificates.models.achievement import Achievement
from certificates.models.status import StatusList
from courses.enrolment.models import Enrolment
from lms.enums import ReasonClass
from lms.fields import EncryptedTextField


class CredentialQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE_STATES)

    def with_names(self):
        return self.select_related(
            "person",
            "achievement__issuer",
            "achievement__program",
            "achievement__standard_version",
            "status_list__issuer",
        )


class Credential(models.Model):
    """A conferred award: a frozen snapshot, signed in two formats, whose exact bytes are kept and never signed again.

    Only `state` ever changes, by the moves of `enums.MOVES`; the database refuses the rest, deletion, and any way out
    of "revoked". `code` is what people type to verify (at least 128 bits); `uuid` stands in the signed address.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=codes.LENGTH, unique=True, default=codes.new_code, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="credentials")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="credentials")
    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="credentials")
    state = models.CharField(max_length=12, choices=CredentialState, default=CredentialState.VALID)
    snapshot = models.JSONField(help_text="What was true at the award: names, hours, standard, results, assessors.")
    signed_json = models.TextField(help_text="The exact bytes with the embedded proof.")
    signed_jwt = models.TextField(help_text="The exact token.")
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="credentials")
    status_index = models.PositiveIntegerField()
    conferred_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    conferred_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    is_demonstration = models.BooleanField(default=False)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="replacements",
        help_text="The earlier credential of the same award, which this one corrects.",
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-conferred_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "achievement"],
                condition=Q(state__in=LIVE_STATES),
                name="one_live_credential_per_person_and_achievement",
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="status_index_is_never_reused"),
            models.CheckConstraint(
                condition=Q(status_index__lt=StatusList.length), name="status_index_lies_within_its_list"
            ),
            models.CheckConstraint(condition=~Q(conferred_by=F("person")), name="nobody_confers_on_themselves"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("conferred_at")), name="credential_ends_after_award"
            ),
            models.UniqueConstraint(fields=["supersedes"], name="a_credential_is_replaced_once"),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="a_credential_does_not_replace_itself"),
        ]

    def __str__(self):
        return f"{self.achievement.name}, {self.snapshot.get('holder_name', '')}"

    def get_absolute_url(self) -> str:
        return reverse("verify_code", args=[self.shown_code])

    @property
    def shown_code(self) -> str:
        return codes.grouped(self.code)

    @property
    def address(self) -> str:
        """The `id` in the signed bytes."""
        return self.achievement.issuer.address(f"/credentials/{self.uuid}")

    def is_expired(self, at: datetime | None = None) -> bool:
        """Expiry is never a stored state: it follows from the term."""
        return self.valid_until is not None and (at or timezone.now()) >= self.valid_until


class CredentialMove(models.Model):
    """The history of a credential's state. `reason_class` is public; `why` is for those who decide."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=CredentialState, blank=True)
    new = models.CharField(max_length=12, choices=CredentialState)
    reason_class = models.CharField(max_length=20, choices=ReasonClass, blank=True)
    why = EncryptedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="credential_move_changes_the_state"),
            models.CheckConstraint(
                condition=Q(old="") | ~Q(reason_class=""), name="credential_move_has_a_public_reason"
            ),
        ]
