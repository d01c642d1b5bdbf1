from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.fields import EncryptedTextField
from supervision.enums import Decision, Meaning
from supervision.models.lieu import Attestation
from supervision.models.log import PracticeLog
from supervision.models.signing import SigningLink


class PracticeCredit(models.Model):
    """The minutes of an approved entry. The entry is the primary key: hours are counted once, whatever the order.

    `approved_by` is empty where somebody without an account approved: the signature names her.
    """

    log = models.OneToOneField(PracticeLog, models.PROTECT, primary_key=True, related_name="credit")
    minutes = models.PositiveSmallIntegerField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1), name="credit_is_positive")]


class CreditChange(models.Model):
    """What came to a credit afterwards: its withdrawal (minus), a new approval (plus), in turn. Append-only.

    The number is the turn: odd ones withdraw, even ones credit. Each exists once, so nothing is counted twice.
    """

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="credit_changes")
    number = models.PositiveSmallIntegerField()
    minutes = models.SmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["log_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["log", "number"], name="one_credit_change_per_turn"),
            models.CheckConstraint(condition=~Q(minutes=0), name="credit_change_is_not_nothing"),
        ]


class SignOff(models.Model):
    """One decision, signed: who (name and role as they were), when by the server's clock, what it means, and exactly
    which content was on the screen (its canonical form, its SHA-256 and the entry's version). Append-only, but for words
    that were taken out of the content afterwards (`redaction`); the SHA-256 stays that of what was signed.

    `signer` is an account; somebody without one signed through `link`, and `qualifications` are her verified papers then.
    `attestation`: two members of staff signed in lieu of a supervisor, of whom `signer` was the second.
    """

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="sign_offs")
    decision = models.CharField(max_length=10, choices=Decision)
    meaning = models.CharField(max_length=10, choices=Meaning)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(SigningLink, models.PROTECT, null=True, related_name="sign_offs")
    attestation = models.OneToOneField(Attestation, models.PROTECT, null=True, related_name="sign_off")
    trainee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=200)
    role_held = models.CharField(max_length=40)
    qualifications = models.CharField(max_length=500, blank=True)
    signed_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField()
    content = EncryptedTextField()
    sha256 = models.CharField(max_length=64)
    redaction = models.ForeignKey("supervision.Redaction", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["log", "version"], name="one_signature_per_version"),
            models.CheckConstraint(
                condition=Q(signer=None) | ~Q(signer=F("trainee")), name="nobody_signs_their_own_entry"
            ),
            models.CheckConstraint(
                condition=Q(signer=None, link__isnull=False) | Q(signer__isnull=False, link=None),
                name="signed_by_an_account_or_by_a_link",
            ),
            models.CheckConstraint(
                condition=Q(attestation=None) & ~Q(meaning=Meaning.IN_LIEU)
                | Q(attestation__isnull=False, meaning=Meaning.IN_LIEU, decision=Decision.APPROVED),
                name="signed_in_lieu_by_an_attestation",
            ),
        ]
        indexes = [models.Index(fields=["signer", "signed_at"], name="sign_off_by_signer")]
