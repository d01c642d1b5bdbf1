"""Files of questions that were read: kept from the report until they are imported, and then as what was imported."""

from django.conf import settings
from django.db import models

from assessments.enums import FileFormat


class QuestionImport(models.Model):
    """What one file said. `rows` are its questions as `exchange.rows` writes them; `sha256` is of the file itself."""

    format = models.CharField(max_length=20, choices=FileFormat)
    topic = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField()
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
