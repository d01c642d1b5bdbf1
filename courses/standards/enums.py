from django.db import models


class ResultState(models.TextChoices):
    MET = "met", "Met"
    UNMET = "unmet", "Not yet met"
    PENDING = "pending", "Waiting"
    WAIVED = "waived", "Waived"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


SATISFIED = (ResultState.MET, ResultState.WAIVED, ResultState.NOT_APPLICABLE)


class Unit(models.TextChoices):
    MINUTES = "minutes", "minutes"
    MODULES = "modules", "modules"
    QUIZZES = "quizzes", "quizzes"
    SESSIONS = "sessions", "sessions"
    CLIENTS = "clients", "clients"
    ITEMS = "items", "items"


class Bucket(models.TextChoices):
    """The total that an activity category adds to (domain: taxonomy of practice)."""

    DIRECT = "direct", "Direct contact"
    OBSERVED = "observed", "Observation"
    SIMULATED = "simulated", "Simulation"
    SUPERVISION = "supervision", "Supervision and consultation received"
    INDIRECT = "indirect", "Indirect"
    DIDACTIC = "didactic", "Teaching received"
    PERSONAL = "personal", "Personal and experiential"


AUDIT_ACTIONS = {
    "standards.standard.published": "Published a version of the certification standard",
}
