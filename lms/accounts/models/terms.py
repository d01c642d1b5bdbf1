from django.conf import settings
from django.db import models


class TermsVersion(models.Model):
    """The terms of use, as published. A change is a new version; a person accepts one version at a time."""

    number = models.PositiveIntegerField(unique=True)
    html = models.TextField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]

    def __str__(self):
        return f"Terms, version {self.number}"


class TermsAcceptance(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="terms_acceptances")
    version = models.ForeignKey(TermsVersion, models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="terms_accepted_once_per_version")]
