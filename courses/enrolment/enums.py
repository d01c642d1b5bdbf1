from django.db import models


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STATES = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED)
READING_STATES = (EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)
MOVES = {
    EnrolmentState.ACTIVE: {EnrolmentState.PAUSED, EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN},
    EnrolmentState.PAUSED: {EnrolmentState.ACTIVE, EnrolmentState.WITHDRAWN},
    EnrolmentState.COMPLETED: set(),
    EnrolmentState.WITHDRAWN: set(),
}

TONES = {
    EnrolmentState.ACTIVE: "info",
    EnrolmentState.PAUSED: "waiting",
    EnrolmentState.COMPLETED: "met",
    EnrolmentState.WITHDRAWN: "neutral",
}

AUDIT_ACTIONS = {
    "enrolment.cohort.created": "Created a cohort",
    "enrolment.cohort.edition_adopted": "Adopted an edition for a cohort",
    "enrolment.enrolment.created": "Enrolled a trainee",
    "enrolment.enrolment.moved": "Changed the state of an enrolment",
    "enrolment.enrolment.extended": "Gave an enrolment a later day to finish by",
}
