"""Reads of what was noted: for the two pages that show it, and for the mark that saves a second row for the same session."""

from django.db import models
from django.db.models import OuterRef

from assessments.enums import EventKind
from assessments.models import Attempt, AttemptEvent


def events_of(attempt: Attempt) -> models.QuerySet[AttemptEvent]:
    """In the order in which they happened."""
    return AttemptEvent.objects.filter(attempt=attempt).order_by("at", "id")


def devices_of(attempt: Attempt) -> dict[str, int]:
    """Each session of an attempt with a number, in the order in which they came; the mark itself is shown to nobody."""
    marks = AttemptEvent.objects.filter(attempt=attempt).exclude(device="").order_by("id")
    return {mark: number for number, mark in enumerate(dict.fromkeys(marks.values_list("device", flat=True)), start=1)}


def last_device() -> models.Subquery:
    """The mark of the session that opened an attempt (`OuterRef("pk")`) last; nothing where none has."""
    opened = AttemptEvent.objects.filter(attempt=OuterRef("pk"), kind=EventKind.OPENED).order_by("-id")
    return models.Subquery(opened.values("device")[:1])
