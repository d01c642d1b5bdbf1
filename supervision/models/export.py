from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from courses.enrolment.models import Enrolment
from lms import codes
from lms.fields import EncryptedTextField
from supervision.exports.enums import ExportKind, FileType, Paper


class ExportRecord(models.Model):
    """One file made of a practice log: what it was, by whom, when, its totals and its SHA-256; never its content.

    `counted_entries` and `counted_minutes` are the approved entries in it: when fewer of those that were approved by
    `made_at` still are, the log has changed since. `choices` are what the trainee chose, as plain values.
    """

    code = models.CharField(max_length=codes.LENGTH, unique=True, default=codes.new_code, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=10, choices=ExportKind)
    file_type = models.CharField(max_length=4, choices=FileType)
    paper = models.CharField(max_length=10, choices=Paper, blank=True)
    choices = models.JSONField(default=dict)
    shows_name = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)
    entries = models.PositiveIntegerField(default=0)
    counted_entries = models.PositiveIntegerField(default=0)
    counted_minutes = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=list, help_text="Label and approved minutes of each category.")
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at=None, sha256="") | (Q(made_at__isnull=False) & ~Q(sha256="")),
                name="export_is_made_with_its_hash",
            ),
        ]
        indexes = [models.Index(fields=["made_by", "asked_at"], name="exports_by_person")]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.shown_code}"

    def get_absolute_url(self) -> str:
        return reverse("export_confirm", args=[self.shown_code])

    @property
    def shown_code(self) -> str:
        return codes.grouped(self.code)

    @property
    def file_name(self) -> str:
        return f"practice-{self.kind}-{self.shown_code}.{self.file_type}"


class ExportFile(models.Model):
    """The bytes of an export, sealed, for the day on which they can be fetched. Then they are forgotten."""

    record = models.OneToOneField(ExportRecord, models.PROTECT, primary_key=True, related_name="file")
    content = EncryptedTextField(help_text="Base 64.")
    kept_until = models.DateTimeField()
