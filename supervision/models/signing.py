"""Signing without an account: the mailed link, its one use, and the receipt."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from supervision.models.supervisor import Supervisor
from supervision.signing.enums import counted


class SigningLink(models.Model):
    """A link mailed to a supervisor without an account. It is used once: for one session, begun with a code that is
    mailed to the same address. Neither the link nor the code is kept, only their hashes.

    `ended_at`: from then on it shows nothing: replaced by another, or the address was corrected. `questioned_at`: somebody
    at the address said of a receipt that she did not sign.
    """

    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="links")
    address = models.EmailField(max_length=254)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_at = models.DateTimeField(null=True)
    codes_asked = models.PositiveSmallIntegerField(default=0)
    code_tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    session_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    questioned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor"], condition=Q(used_at=None, ended_at=None), name="one_open_link_per_supervisor"
            ),
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="token_opens_one_link"),
            models.CheckConstraint(
                condition=Q(used_at=None, session_until=None) | Q(used_at__isnull=False, session_until__isnull=False),
                name="used_link_has_a_session",
            ),
        ]

    def __str__(self):
        return f"Link of {self.supervisor}"


class SigningReceipt(models.Model):
    """What was signed at one time by a link, told to its address, with a link of its own to say “this was not me”."""

    link = models.ForeignKey(SigningLink, models.PROTECT, related_name="receipts")
    entries = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True)
    questioned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="token_opens_one_receipt")
        ]

    @property
    def what(self) -> str:
        return counted(self.entries, self.sessions)
