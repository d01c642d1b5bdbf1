"""What has been made of a credential: its papers and badges."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from certificates.enums import CredentialState, FileKind
from certificates.models import Credential, CredentialFile

DOWNLOADS = (FileKind.PDF_A4, FileKind.PDF_LETTER, FileKind.PNG, FileKind.SVG)


def file_of(credential: Credential, kind: FileKind) -> CredentialFile | None:
    return CredentialFile.objects.filter(credential=credential, kind=kind).first()


def may_be_downloaded(credential: Credential) -> bool:
    """A paper or a picture shows no live state, so it is given out only while the certificate stands."""
    return credential.state == CredentialState.VALID


def lacking_files() -> QuerySet[Credential]:
    """Live credentials of which something was not made yet, oldest first."""
    made = Count("files", filter=Q(files__kind__in=FileKind.values))
    return Credential.objects.with_names().live().annotate(made=made).filter(made__lt=len(FileKind)).order_by("id")


@dataclass(frozen=True)
class Downloads:
    """Whether a credential may be downloaded now, and the size of each file that is ready, by kind."""

    may_be: bool
    sizes: dict[str, int]

    @property
    def are_ready(self) -> bool:
        return self.may_be and set(DOWNLOADS) <= set(self.sizes)

    @property
    def has_preview(self) -> bool:
        return self.may_be and FileKind.PREVIEW in self.sizes


def downloads_of(credentials: Iterable[Credential]) -> dict[int, Downloads]:
    """By credential id, in one query however many."""
    credentials = list(credentials)
    sizes: dict[int, dict[str, int]] = {credential.pk: {} for credential in credentials}
    rows = CredentialFile.objects.filter(credential__in=list(sizes)).values_list("credential", "kind", "size")
    for pk, kind, size in rows:
        sizes[pk][kind] = size
    return {credential.pk: Downloads(may_be_downloaded(credential), sizes[credential.pk]) for credential in credentials}
