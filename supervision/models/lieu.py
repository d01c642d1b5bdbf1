from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lms.fields import EncryptedTextField
from supervision.enums import CLOSED_BY_A_SECOND, LIEU_TONES, REASON_MOST, LieuState
from supervision.models.log import PracticeLog


class Attestation(models.Model):
    """An approval in lieu of a supervisor, where no signer is left for an entry: proposed by a director with the evidence
    that she saw, confirmed by a second member of staff before `expires_at`.

    `sha256` is that of the content which both read, at `version`. Names and roles are those of then. `evidence` says why no
    signer is left and what was seen; `reason` why the second refused.
    """

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="attestations")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    evidence = EncryptedTextField(max_length=REASON_MOST)
    state = models.CharField(max_length=10, choices=LieuState, default=LieuState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_name = models.CharField(max_length=200)
    proposed_role = models.CharField(max_length=40)
    proposed_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_name = models.CharField(max_length=200, blank=True)
    second_role = models.CharField(max_length=40, blank=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    closed_at = models.DateTimeField(null=True)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["log"], condition=Q(state=LieuState.PROPOSED), name="one_open_attestation_per_entry"
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("trainee")), name="nobody_attests_their_own_entry"),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("trainee")), name="nobody_confirms_their_own_entry"
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("proposed_by")), name="two_different_people_attest"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_BY_A_SECOND, second__isnull=False)
                | (~Q(state__in=CLOSED_BY_A_SECOND) & Q(second=None)),
                name="attestation_is_confirmed_or_refused_by_a_second",
            ),
            models.CheckConstraint(
                condition=Q(state=LieuState.PROPOSED, closed_at=None)
                | (~Q(state=LieuState.PROPOSED) & Q(closed_at__isnull=False)),
                name="closed_attestation_has_its_time",
            ),
        ]

    def __str__(self):
        return f"Attestation in lieu, {self.log}"

    @property
    def is_open(self) -> bool:
        return self.state == LieuState.PROPOSED and self.expires_at > timezone.now()

    @property
    def label(self) -> str:
        is_late = self.state == LieuState.PROPOSED and not self.is_open
        return (LieuState.EXPIRED if is_late else LieuState(self.state)).label

    @property
    def tone(self) -> str:
        return LIEU_TONES[self.state] if self.state != LieuState.PROPOSED or self.is_open else "neutral"
