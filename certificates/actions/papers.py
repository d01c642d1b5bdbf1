"""Making papers and badges of a credential, once, from the bytes that were signed."""

import hashlib

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.enums import LIVE_STATES, FileKind
from certificates.models import Credential, CredentialFile
from certificates.paper import RENDERER_VERSION
from certificates.paper.baking import bake_png, bake_svg
from certificates.paper.drawing import A4, LETTER, Certificate, draw_badge, draw_pdf, draw_preview
from certificates.presentation import certificate_facts
from certificates.queries.papers import lacking_files


def order_files(credential: Credential) -> None:
    """Have the files made in the background. A plain INSERT: it commits or rolls back with the act that calls it."""
    from certificates.tasks import make_credential_files  # late: tasks import these actions

    make_credential_files.enqueue(credential.pk)


def order_lost_bytes(credential: Credential) -> None:
    """Somebody asked for a file whose row is there and whose bytes are gone: have it made anew, ordered once a minute."""
    if cache.add(f"papers-lost-{credential.pk}", True, 60):
        order_files(credential)


def make_files(credential: Credential) -> int:
    """Make whatever is missing of a credential's files, or has lost its bytes; returns how many were made.

    Safe to repeat, to be killed at any point and to be run twice at once: a row is written only after its bytes, and
    of two workers the one whose row comes second takes its own bytes away again.
    """
    present = {file.kind: file for file in CredentialFile.objects.filter(credential=credential)}
    lost = [file for file in present.values() if not file.file.storage.exists(file.file.name)]
    made = sum(_make(credential, kind) for kind in FileKind if kind not in present)
    return made + sum(_make_again(file) for file in lost)


def make_missing_files() -> int:
    """Nightly: whatever the queue lost. Returns how many files were made."""
    return sum(make_files(credential) for credential in lacking_files().iterator(chunk_size=50))


def make_files_again(*, every: bool = False) -> int:
    """Draw anew what an older renderer drew (or `every` file) of live credentials, then what is missing."""
    rows = CredentialFile.objects.filter(credential__state__in=LIVE_STATES).order_by("id")
    if not every:
        rows = rows.filter(renderer_version__lt=RENDERER_VERSION)
    made = 0
    for pk in list(rows.values_list("pk", flat=True)):
        made += _make_again(CredentialFile.objects.get(pk=pk))
    return made + make_missing_files()


def _make(credential: Credential, kind: FileKind) -> bool:
    file = CredentialFile(credential=credential, kind=kind)
    _fill(file)
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except IntegrityError:  # another worker was faster; its file is as good as ours
        file.file.delete(save=False)
        return False
    return True


def _make_again(file: CredentialFile) -> bool:
    """Put new bytes in the place of the old ones, unless somebody did so meanwhile."""
    storage, old = file.file.storage, file.file.name
    file.credential = Credential.objects.with_names().get(pk=file.credential_id)
    _fill(file)
    values = {name: getattr(file, name) for name in ("file", "sha256", "size", "renderer_version", "made_at")}
    is_ours = CredentialFile.objects.filter(pk=file.pk, file=old).update(**values) == 1
    unwanted = old if is_ours else file.file.name
    transaction.on_commit(lambda: storage.delete(unwanted))
    return is_ours


def _fill(file: CredentialFile) -> None:
    """Draw, keep the bytes, and note what they are."""
    content = draw(file.credential, FileKind(file.kind))
    file.file.save("", ContentFile(content), save=False)
    file.sha256, file.size = hashlib.sha256(content).hexdigest(), len(content)
    file.renderer_version, file.made_at = RENDERER_VERSION, timezone.now()


def draw(credential: Credential, kind: FileKind) -> bytes:
    """The bytes of one file, drawn now. The exact signed bytes go into each but the preview."""
    certificate = certificate_of(credential)
    match kind:
        case FileKind.PDF_A4:
            return draw_pdf(certificate, A4)
        case FileKind.PDF_LETTER:
            return draw_pdf(certificate, LETTER)
        case FileKind.PREVIEW:
            return draw_preview(certificate)
        case FileKind.PNG:
            return bake_png(draw_badge(certificate, "png"), certificate.signed_json)
        case FileKind.SVG:
            return bake_svg(draw_badge(certificate, "svg"), certificate.signed_json, title=certificate.facts.title)


def certificate_of(credential: Credential) -> Certificate:
    """Paper outlives settings, so it names the issuer's own address, which is promised to answer for ever."""
    return Certificate(
        facts=certificate_facts(credential),
        address=credential.achievement.issuer.address(credential.get_absolute_url()),
        signed_json=credential.signed_json,
        signed_jwt=credential.signed_jwt,
        made_at=credential.conferred_at,
    )
