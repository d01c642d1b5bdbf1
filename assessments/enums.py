"""Kinds of question, states of an attempt with their legal moves, and the audited acts of this app."""

from django.db import models


class Kind(models.TextChoices):
    SINGLE = "single", "Single choice"
    MULTIPLE = "multiple", "Multiple response"
    NUMERIC = "numeric", "Number with unit"


class AttemptState(models.TextChoices):
    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Submitted"
    EXPIRED = "expired", "Time ran out"


CLOSED = (AttemptState.SUBMITTED, AttemptState.EXPIRED)
MOVES = {
    AttemptState.IN_PROGRESS: {AttemptState.SUBMITTED, AttemptState.EXPIRED},
    AttemptState.SUBMITTED: set(),
    AttemptState.EXPIRED: set(),
}

AUDIT_ACTIONS = {
    "assessments.question.saved": "Saved a version of a question",
    "assessments.attempt.started": "Started a quiz",
    "assessments.attempt.submitted": "Submitted a quiz",
    "assessments.attempt.expired": "Submitted a quiz whose time ran out, as it stood",
}
