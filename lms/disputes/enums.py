from datetime import timedelta

from django.db import models

ESCALATES_AFTER = timedelta(days=14)


class DisputeState(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    ESCALATED = "escalated", "With the program directors"
    UPHELD = "upheld", "Upheld"
    REJECTED = "rejected", "Not upheld"
    WITHDRAWN = "withdrawn", "Withdrawn"


UNDECIDED = (DisputeState.OPEN, DisputeState.ESCALATED)
MOVES = {
    DisputeState.OPEN: {DisputeState.ESCALATED, DisputeState.UPHELD, DisputeState.REJECTED, DisputeState.WITHDRAWN},
    DisputeState.ESCALATED: {DisputeState.UPHELD, DisputeState.REJECTED, DisputeState.WITHDRAWN},
    DisputeState.UPHELD: set(),
    DisputeState.REJECTED: set(),
    DisputeState.WITHDRAWN: set(),
}
TONES = {
    DisputeState.OPEN: "waiting",
    DisputeState.ESCALATED: "accent",
    DisputeState.UPHELD: "met",
    DisputeState.REJECTED: "neutral",
    DisputeState.WITHDRAWN: "neutral",
}
NEVER_CHANGES = ("evidence_type", "evidence_id", "raised_by_id", "against_id", "raised_at")
AUDIT_ACTIONS = {
    "disputes.dispute.opened": "Disputed a record",
    "disputes.dispute.escalated": "Passed an unanswered dispute to the directors",
    "disputes.dispute.decided": "Decided a dispute",
    "disputes.dispute.withdrawn": "Withdrew a dispute",
    "disputes.dispute.redacted": "Removed words from a dispute",
}
