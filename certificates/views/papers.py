"""Papers and badges: for whoever has the address, like the signed documents; and the preview, for holder and directors."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.actions.papers import order_lost_bytes
from certificates.enums import CredentialState, FileKind
from certificates.forms import PaperForm
from certificates.models import Credential, CredentialFile
from certificates.queries.credentials import credential_by_uuid, credential_for_reader
from certificates.queries.papers import file_of, may_be_downloaded
from certificates.views.public import FETCHES_PER_MINUTE, MINUTE, open_to_all
from lms.web.errors import too_many_requests
from lms.web.limits import is_within_limit

# How soon to ask again for what is being made.
SECONDS = 20
# A paper in somebody's hands shows no live state, so none is given out that looks valid and is not.
WITHHELD = {
    CredentialState.REVOKED: 410,
    CredentialState.SUPERSEDED: 410,
    CredentialState.SUSPENDED: 409,
}


@open_to_all
def credential_pdf(request, uuid):
    """The certificate on paper: A4, or `?paper=letter`."""
    form = PaperForm(request.GET)
    if not form.is_valid():
        raise Http404
    return _download(request, uuid, form.kind)


@open_to_all
def credential_png(request, uuid):
    return _download(request, uuid, FileKind.PNG)


@open_to_all
def credential_svg(request, uuid):
    return _download(request, uuid, FileKind.SVG)


@login_required
@require_safe
def preview(request, uuid):
    """The picture of the certificate on its holder's page and on the desk; 404 while there is none to show."""
    credential = credential_for_reader(request.user, uuid)
    file = file_of(credential, FileKind.PREVIEW) if credential and may_be_downloaded(credential) else None
    if file is None:
        raise Http404
    try:
        return _bytes(file, cache="private, max-age=300")
    except FileNotFoundError:
        order_lost_bytes(credential)
        raise Http404 from None


def _download(request, uuid, kind: FileKind) -> HttpResponse:
    if not is_within_limit(request, "credential", per_minute=FETCHES_PER_MINUTE):
        return too_many_requests(request)
    credential = credential_by_uuid(uuid)
    if credential is None:
        raise Http404
    if not may_be_downloaded(credential):
        return _withheld(request, credential)
    file = file_of(credential, kind)
    if file is None:
        return _being_made(request, credential)
    name = f"certificate-{credential.uuid}{'-letter' if kind == FileKind.PDF_LETTER else ''}.{kind.ending}"
    try:
        return _bytes(file, cache=MINUTE, name=name)
    except FileNotFoundError:
        order_lost_bytes(credential)
        return _being_made(request, credential)


def _bytes(file: CredentialFile, *, cache: str, name: str = "") -> HttpResponse:
    """The stored bytes; at most a few hundred kilobytes."""
    with file.file.open("rb") as stored:
        response = HttpResponse(stored.read(), content_type=FileKind(file.kind).content_type)
    response["Cache-Control"], response["X-Robots-Tag"], response["ETag"] = cache, "noindex", f'"{file.sha256}"'
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _withheld(request, credential: Credential) -> HttpResponse:
    return _page(request, credential, "certificates/withheld.html", status=WITHHELD[credential.state])


def _being_made(request, credential: Credential) -> HttpResponse:
    response = _page(request, credential, "certificates/being_made.html", status=202)
    response["Retry-After"] = str(SECONDS)
    return response


def _page(request, credential: Credential, template: str, *, status: int) -> HttpResponse:
    response = render(request, template, {"credential": credential, "seconds": SECONDS}, status=status)
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    return response
