from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.standards.enums import SitePaperKind
from lms.fields import EncryptedTextField
from supervision.enums import REASON_MOST, SITE_PAPER_TONES, SitePaperState
from supervision.models.supervisor import Site


class SitePaper(models.Model):
    """The agreement with a site, or the certificate of its insurance: one PDF, in force from a day to a day, both included.

    Never changed: a newer one stands beside it. It counts once a director who did not add it has approved it. `warned_at`:
    when directors were told that it runs out.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=SitePaperKind)
    begins_on = models.DateField()
    expires_on = models.DateField()
    document = models.FileField(upload_to="sites/", max_length=100)
    document_sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=12, choices=SitePaperState, default=SitePaperState.SUBMITTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = EncryptedTextField(max_length=REASON_MOST, blank=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "-expires_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gte=F("begins_on")), name="site_paper_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("added_by")), name="nobody_decides_the_paper_they_added"
            ),
            models.CheckConstraint(
                condition=Q(state=SitePaperState.SUBMITTED, decided_by=None, decided_at=None)
                | (~Q(state=SitePaperState.SUBMITTED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="site_paper_is_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_on"], name="site_papers_by_expiry")]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.site}"

    @property
    def tone(self) -> str:
        return SITE_PAPER_TONES[self.state]

    def is_in_force(self, on: date) -> bool:
        return self.state == SitePaperState.APPROVED and self.begins_on <= on <= self.expires_on
