"""Roles, their scopes, and the audited acts of this app."""

from django.db import models


class Role(models.TextChoices):
    """What a person may do for the institute. A trainee is no role: a trainee is whoever has an enrolment."""

    DIRECTOR = "director", "Program director"
    FACULTY = "faculty", "Faculty"
    SUPERVISOR = "supervisor", "Site supervisor"
    REGISTRAR = "registrar", "Registrar"

    @property
    def group_name(self) -> str:
        return GROUP_NAMES[self]


GROUP_NAMES = {
    Role.DIRECTOR: "Program directors",
    Role.FACULTY: "Faculty",
    Role.SUPERVISOR: "Site supervisors",
    Role.REGISTRAR: "Registrars",
}


class Scope(models.TextChoices):
    """What a role grant reaches."""

    INSTITUTE = "institute", "The whole institute"
    PROGRAM = "program", "One program"
    COHORT = "cohort", "One cohort"
    CASE = "case", "One case"


class DocumentKind(models.TextChoices):
    """What a professional keeps valid."""

    LICENCE = "licence", "Professional licence"
    BLS = "bls", "Basic life support"
    ACLS = "acls", "Advanced life support"
    INSURANCE = "insurance", "Liability insurance"


REMIND_BEFORE = (60, 30, 7, 0)  # days before a document lapses; 0 is its last day

GRANT_NEVER_CHANGES = ("person_id", "role", "scope", "scope_id", "valid_from", "granted_by_id")

AUDIT_ACTIONS = {
    "accounts.role.granted": "Granted a role",
    "accounts.role.ended": "Ended a role",
    "accounts.barrier.raised": "Raised a barrier between two people",
    "accounts.barrier.ended": "Ended a barrier between two people",
    "accounts.name.confirmed": "Confirmed the name for credentials",
    "accounts.terms.published": "Published new terms",
    "accounts.terms.accepted": "Accepted the terms",
    "accounts.profile.changed": "Changed the profile",
    "accounts.document.recorded": "Recorded a professional document",
}
