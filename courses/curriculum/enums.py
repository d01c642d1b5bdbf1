from django.db import models


class ActivityKind(models.TextChoices):
    """What a trainee can do or complete. Higher rooms give their kinds a freezer (see `freezing`)."""

    MODULE = "module", "Module"
    LESSON = "lesson", "Lesson"
    QUIZ = "quiz", "Quiz"
    ASSIGNMENT = "assignment", "Assignment"
    SESSION = "session", "Live session"


class TeachingFormat(models.TextChoices):
    """How minutes are taught; a standard may ask for so many of one format."""

    LIVE_IN_PERSON = "live_in_person", "Live in person"
    LIVE_ONLINE = "live_online", "Live online"
    SELF_STUDY = "self_study", "Self-study"


class CompletedBy(models.TextChoices):
    """What makes a lesson complete. Time on a page never does."""

    READ = "read", "the reader says that she has read it"
    CHECKS = "checks", "every knowledge check is answered"
    ATTESTATION = "attestation", "every attestation is signed"


class RegulatorStepKind(models.TextChoices):
    """What passes between the institute and a regulator. The newest decision on an edition counts."""

    NOTIFIED = "notified", "Notified"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"


class BuildState(models.TextChoices):
    """Publishing in the background. What is refused or broke has left nothing behind."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being made"
    DONE = "done", "Published"
    REFUSED = "refused", "Not published"


OPEN_BUILDS = (BuildState.WAITING, BuildState.RUNNING)
DECISIONS = (RegulatorStepKind.ACCEPTED, RegulatorStepKind.REFUSED)
STEP_TONES = {
    RegulatorStepKind.NOTIFIED: "info",
    RegulatorStepKind.ACCEPTED: "met",
    RegulatorStepKind.REFUSED: "critical",
}
CORRECTABLE = (ActivityKind.MODULE, ActivityKind.LESSON)

AUDIT_ACTIONS = {
    "curriculum.program.created": "Created a program",
    "curriculum.edition.published": "Published an edition",
    "curriculum.erratum.made": "Corrected an edition",
    "curriculum.regulator.recorded": "Recorded what a regulator was told or said of an edition",
    "curriculum.program.acceptance_set": "Said whether editions need a regulator's acceptance",
}
