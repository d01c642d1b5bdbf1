"""Choices that every room shares."""

from django.db import models


class Provenance(models.TextChoices):
    """Where a piece of evidence comes from."""

    EARNED = "earned", "Earned here"
    TRANSFERRED = "transferred", "Transferred from another program"
    IMPORTED = "imported", "Imported from an earlier system"
    WAIVED = "waived", "Waived"
    ATTESTED = "attested", "Attested in lieu"


class ReasonClass(models.TextChoices):
    """The public class of reason for a change of status, so that a lapsed document never reads like misconduct."""

    ADMINISTRATIVE = "administrative", "Administrative"
    INTERIM = "interim", "Interim, without finding"
    FINAL_FINDING = "final_finding", "Final finding"
    ISSUER_ERROR = "issuer_error", "Issuer's error"
    HOLDER_REQUEST = "holder_request", "Holder's request"

    @property
    def public_sentence(self) -> str:
        return PUBLIC_SENTENCES[self]


PUBLIC_SENTENCES = {
    ReasonClass.ADMINISTRATIVE: "For an administrative reason, such as a lapsed document. It says nothing about conduct.",
    ReasonClass.INTERIM: "As an interim measure while a question is looked into. Nothing has been found.",
    ReasonClass.FINAL_FINDING: "After a final finding in a conduct case that was open to appeal.",
    ReasonClass.ISSUER_ERROR: "Because the institute made an error when it issued it. The holder is not at fault.",
    ReasonClass.HOLDER_REQUEST: "At the holder's own request.",
}


class Track(models.TextChoices):
    """The professional track of a trainee; a requirement can apply to one track only."""

    THERAPIST = "therapist", "Therapist"
    PRESCRIBER = "prescriber", "Prescriber"
