import secrets

from django.db import models

from certificates.enums import FileKind
from certificates.models.credential import Credential


def place_of(file: "CredentialFile", name: str) -> str:
    """A path nobody can guess, and a new one for every drawing, so that a half-written file is never taken for whole."""
    return f"certificates/{file.credential.uuid}/{file.kind}-{secrets.token_hex(8)}.{FileKind(file.kind).ending}"


class CredentialFile(models.Model):
    """One drawing of a credential: a PDF, a baked badge, the preview. Derived from what was signed, so it may be redrawn.

    Its bytes are served by our views alone, never from MEDIA.
    """

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=12, choices=FileKind)
    file = models.FileField(upload_to=place_of, max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    renderer_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["credential", "kind"], name="one_file_of_a_kind_per_credential")]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.credential_id}"
