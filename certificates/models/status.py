from django.db import models

from certificates.models.issuer import Issuer
from certificates.signing.status import LIST_BITS


class StatusList(models.Model):
    """A signed bitstring: one bit for each credential that was given an index in it. Its address never changes."""

    length = LIST_BITS

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField(unique=True)
    signed_json = models.TextField(help_text="The exact bytes that are served.")
    signed_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"Status list {self.number}"

    @property
    def address(self) -> str:
        return self.issuer.address(f"/status/revocation/{self.number}")
