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
    EXAMINATIONS = "examinations", "examinations"
    ATTEMPTS = "attempts", "attempts"
    SESSIONS = "sessions", "sessions"
    CLIENTS = "clients", "clients"
    WEEKS = "weeks", "weeks"
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


class Answer(models.TextChoices):
    """What follows when an entry breaks a rule of practice of the standard."""

    FLAG = "flag", "Flag it: kept and sent, with a sentence for trainee and reviewer"
    REFUSE = "refuse", "Refuse it: the entry cannot be sent"


class Approver(models.TextChoices):
    """Who may approve an entry of a category."""

    SITE_SUPERVISOR = "site_supervisor", "Site supervisor"
    CONSULTANT = "consultant", "Approved consultant"
    FACULTY = "faculty", "Faculty"
    DIRECTOR = "director", "Program director"


class Qualification(models.TextChoices):
    """What of a supervisor has to be valid on the day of a visit."""

    LICENCE = "licence", "Professional licence"
    CONSULTANT = "consultant", "Approval as consultant"
    BLS = "bls", "Basic life support"


class SitePaperKind(models.TextChoices):
    """A paper of the site of a placement that has to be in force."""

    AGREEMENT = "agreement", "Site agreement"
    INSURANCE = "insurance", "Insurance certificate"


AUDIT_ACTIONS = {
    "standards.standard.published": "Published a version of the certification standard",
}
