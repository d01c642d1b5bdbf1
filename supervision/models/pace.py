from django.conf import settings
from django.db import models
from django.db.models import F, Q

from supervision.models.supervisor import Supervisor


class PaceFlag(models.Model):
    """Somebody approved faster than entries can be read. It stops nothing; a director looks at it and says so.

    It grows while the same pace goes on, until somebody has looked at it. `signer` is an account; `supervisor` somebody
    without one, who signed by a link.
    """

    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    approvals = models.PositiveIntegerField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ended_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="pace_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(seen_by=None, seen_at=None) | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="pace_seen_has_its_person_and_time",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None) | Q(signer=None) | ~Q(seen_by=F("signer")),
                name="nobody_clears_their_own_pace",
            ),
            models.CheckConstraint(
                condition=Q(signer=None, supervisor__isnull=False) | Q(signer__isnull=False, supervisor=None),
                name="pace_of_an_account_or_of_links",
            ),
        ]
        indexes = [models.Index(fields=["seen_at", "ended_at"], name="pace_waiting")]

    @property
    def who(self) -> str:
        return str(self.signer or self.supervisor)
