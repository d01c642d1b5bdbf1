"""Files of questions that were read: kept from the report until they are imported, and then as what was imported."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from assessments.enums import IMPORT_READS, IMPORT_WORKS, FileFormat, ImportState

SILENT_FOR = timedelta(minutes=2)  # a worker tells of itself every second or so; a silent one is gone


class QuestionImport(models.Model):
    """What one file said. `rows` are its questions as `exchange.planning` writes them; `sha256` is of the file itself.

    `content` is the file until it is read. `done` of `total` questions are read, or written as drafts; `beat_at` is when
    its worker was last heard of, or when it was asked for.
    """

    format = models.CharField(max_length=20, choices=FileFormat)
    topic = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.WAITING)
    content = models.BinaryField(null=True)
    rows = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    beat_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=ImportState.DONE, applied_at__isnull=False)
                | (~models.Q(state=ImportState.DONE) & models.Q(applied_at=None)),
                name="an_import_that_is_done_was_applied",
            )
        ]

    @property
    def is_working(self) -> bool:
        return self.state in IMPORT_WORKS

    @property
    def is_being_read(self) -> bool:
        return self.state in IMPORT_READS

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of it for so long that it may be begun anew."""
        return self.is_working and self.beat_at is not None and self.beat_at < timezone.now() - SILENT_FOR

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
