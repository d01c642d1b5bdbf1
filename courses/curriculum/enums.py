from django.db import models


class ActivityKind(models.TextChoices):
    """What a trainee can do or complete. Higher rooms give their kinds a freezer (see `freezing`)."""

    MODULE = "module", "Module"
    LESSON = "lesson", "Lesson"
    QUIZ = "quiz", "Quiz"
    ASSIGNMENT = "assignment", "Assignment"
    SESSION = "session", "Live session"


CORRECTABLE = (ActivityKind.MODULE, ActivityKind.LESSON)

AUDIT_ACTIONS = {
    "curriculum.program.created": "Created a program",
    "curriculum.edition.published": "Published an edition",
    "curriculum.erratum.made": "Corrected an edition",
}
