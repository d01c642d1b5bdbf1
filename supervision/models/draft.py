from django.db import models
from django.db.models import Q

from courses.enrolment.models import Enrolment
from lms.fields import EncryptedTextField
from supervision.enums import ShareState
from supervision.models.log import PracticeLog


class UnfinishedDraft(models.Model):
    """A form as it is being typed: no evidence, and it need not be valid. One row for each form that was opened.

    `key` is made by the form, `sequence` rises with every saving: a late one never overwrites a newer one. What was
    typed is encrypted JSON, and is emptied when the draft is sent, saved as an entry, or discarded.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="unfinished_drafts")
    key = models.UUIDField()
    sequence = models.PositiveIntegerField(default=0)
    typed = EncryptedTextField(blank=True)
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-saved_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "key"], name="one_row_per_draft")]


class SharedVisit(models.Model):
    """The same visit, proposed to the other trainee who was there. She reads when, where and how long; never the
    writer's words or codes, and confirms her own share with an entry of her own."""

    log = models.ForeignKey(PracticeLog, models.PROTECT, related_name="shares")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="shared_visits")
    state = models.CharField(max_length=10, choices=ShareState, default=ShareState.PROPOSED)
    own_log = models.OneToOneField(PracticeLog, models.PROTECT, null=True, related_name="share")
    proposed_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["log"], condition=~Q(state=ShareState.DECLINED), name="one_co_therapist_per_visit"
            ),
            models.CheckConstraint(
                condition=Q(state=ShareState.CONFIRMED, own_log__isnull=False)
                | (~Q(state=ShareState.CONFIRMED) & Q(own_log=None)),
                name="a_confirmed_share_has_its_entry",
            ),
        ]

    @property
    def words(self) -> str:
        """For the trainee to whom it is proposed."""
        on = self.log.on
        return f"{self.log.enrolment.person} held a visit with you on {on.day} {on:%b %Y}."
