"""The outbox of notices, and the demonstration's mailbox."""

from django.conf import settings
from django.db import models


class NoticeState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"


class Notice(models.Model):
    """A mail that an act owes a person. Written in the act's transaction; a worker sends it afterwards, once.

    `key` names the cause, so that the same cause never makes a second notice.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField(max_length=500, blank=True)
    button = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "created_at"])]


class DemoMail(models.Model):
    """A mail the demonstration would have sent. Nothing leaves the machine."""

    to = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
