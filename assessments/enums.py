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


class SubmissionState(models.TextChoices):
    """An assignment as its trainee and those who read it see it."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Handed in"
    RETURNED = "returned", "Returned to you"
    ACCEPTED = "accepted", "Accepted"


EDITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)
SUBMISSION_MOVES = {
    SubmissionState.DRAFT: {SubmissionState.SUBMITTED},
    SubmissionState.SUBMITTED: {SubmissionState.RETURNED, SubmissionState.ACCEPTED},
    SubmissionState.RETURNED: {SubmissionState.SUBMITTED},
    SubmissionState.ACCEPTED: set(),
}

AUDIT_ACTIONS = {
    "assessments.question.saved": "Saved a version of a question",
    "assessments.attempt.started": "Started a quiz",
    "assessments.attempt.submitted": "Submitted a quiz",
    "assessments.attempt.expired": "Submitted a quiz whose time ran out, as it stood",
    "assessments.submission.submitted": "Handed in an assignment",
    "assessments.submission.returned": "Returned an assignment",
    "assessments.submission.accepted": "Accepted an assignment",
}
