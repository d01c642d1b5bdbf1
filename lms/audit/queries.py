"""Reads of the audit trail."""

from django.db import models

from lms.audit.models import AuditEntry, AuditSeal


def entries_about(record: models.Model) -> models.QuerySet[AuditEntry]:
    """What happened to one record, oldest first."""
    return AuditEntry.objects.filter(object_type=record._meta.label_lower, object_id=str(record.pk)).select_related(
        "actor"
    )


def sealed_head() -> AuditSeal | None:
    """The newest link of the chain: published, so that a cut tail can be noticed."""
    return AuditSeal.objects.order_by("-number").first()
