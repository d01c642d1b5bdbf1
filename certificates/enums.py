"""States of a credential, their groups, their legal moves; the words the public reads; the audited acts."""

from django.db import models

from lms.enums import ReasonClass


class CredentialState(models.TextChoices):
    VALID = "valid", "Valid"
    SUSPENDED = "suspended", "Suspended"
    REVOKED = "revoked", "Revoked"
    SUPERSEDED = "superseded", "Superseded"


# One live credential per person and achievement.
LIVE_STATES = (CredentialState.VALID, CredentialState.SUSPENDED)
# Their bit in the status list is set, so that software which reads only the list never calls them good.
LISTED_STATES = (CredentialState.SUSPENDED, CredentialState.REVOKED, CredentialState.SUPERSEDED)
MOVES = {
    CredentialState.VALID: {CredentialState.SUSPENDED, CredentialState.REVOKED, CredentialState.SUPERSEDED},
    CredentialState.SUSPENDED: {CredentialState.VALID, CredentialState.REVOKED},
    CredentialState.REVOKED: set(),
    CredentialState.SUPERSEDED: set(),
}


class FileKind(models.TextChoices):
    """What is made of a credential after the award, once."""

    PDF_A4 = "pdf_a4", "Certificate, A4 (PDF)"
    PDF_LETTER = "pdf_letter", "Certificate, US Letter (PDF)"
    PNG = "png", "Badge for wallets and profiles (PNG)"
    SVG = "svg", "Badge for wallets and profiles (SVG)"
    PREVIEW = "preview", "Picture of the certificate, for its holder's page (PNG)"

    @property
    def ending(self) -> str:
        return {FileKind.PDF_A4: "pdf", FileKind.PDF_LETTER: "pdf", FileKind.SVG: "svg"}.get(self, "png")

    @property
    def content_type(self) -> str:
        return {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}[self.ending]


class KeyAlgorithm(models.TextChoices):
    ED25519 = "ed25519", "Ed25519, for embedded proofs and status lists"
    RS256 = "rs256", "RSA-2048, for tokens"


class RequestState(models.TextChoices):
    OPEN = "open", "Waiting for a second person"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


REQUEST_MOVES = {
    RequestState.OPEN: {RequestState.CONFIRMED, RequestState.WITHDRAWN},
    RequestState.CONFIRMED: set(),
    RequestState.WITHDRAWN: set(),
}

# Why a credential is replaced: the institute made an error, or the holder asked for her new name.
REPLACING_REASONS = (ReasonClass.ISSUER_ERROR, ReasonClass.HOLDER_REQUEST)
# Why one director alone may suspend. After a final finding two revoke; an error of the institute is corrected.
SUSPENDING_REASONS = (ReasonClass.INTERIM, ReasonClass.ADMINISTRATIVE, ReasonClass.HOLDER_REQUEST)


class NameRequestState(models.TextChoices):
    OPEN = "open", "Asked for"
    ISSUED = "issued", "Issued"
    CLOSED = "closed", "Closed"


NAME_REQUEST_MOVES = {
    NameRequestState.OPEN: {NameRequestState.ISSUED, NameRequestState.CLOSED},
    NameRequestState.ISSUED: set(),
    NameRequestState.CLOSED: set(),
}

AUDIT_ACTIONS = {
    "certificates.key.created": "Created a signing key",
    "certificates.key.retired": "Retired a signing key",
    "certificates.credential.conferred": "Conferred a credential",
    "certificates.credential.revoked": "Revoked a credential",
    "certificates.credential.superseded": "Replaced a credential by a corrected one",
    "certificates.credential.suspended": "Suspended a credential",
    "certificates.credential.reinstated": "Lifted the suspension of a credential",
    "certificates.name.requested": "Asked for a credential in another name",
    "certificates.name.closed": "Closed a request for a credential in another name",
    "certificates.revocation.requested": "Asked to revoke a credential",
    "certificates.revocation.withdrawn": "Withdrew a request to revoke a credential",
    "certificates.status_list.signed": "Signed a status list",
}
