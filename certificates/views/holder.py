"""The holder's own certificates."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from certificates.actions.replacing import request_name
from certificates.enums import LIVE_STATES, CredentialState, NameRequestState
from certificates.models import Credential, NameRequest
from certificates.queries.credentials import credentials_for_user
from certificates.queries.naming import has_another_name, latest_name_requests
from certificates.queries.papers import downloads_of
from lms.accounts.models import User
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 10


@login_required
@require_safe
def certificate_list(request):
    page = Paginator(credentials_for_user(request.user), PER_PAGE).get_page(page_number(request))
    downloads = downloads_of(page.object_list)
    asked = latest_name_requests(page.object_list)
    for credential in page:
        credential.verify_address = settings.PUBLIC_URL + credential.get_absolute_url()
        credential.downloads = downloads[credential.pk]
        credential.is_replaced = credential.state == CredentialState.SUPERSEDED
        credential.asked = _asked_or_answered(credential, asked.get(credential.pk))
        credential.may_ask = _may_ask(credential, request.user)
    return render(request, "certificates/list.html", {"page": page})


@login_required
@require_POST
@once_per_form
def ask_name(request, pk):
    """Ask the directors for this certificate in the name confirmed since."""
    credential = get_object_or_404(credentials_for_user(request.user), pk=pk)
    request_name(credential, by=request.user)
    messages.success(request, "Your request waits for a program director. You will be told.")
    return redirect("certificate_list")


def _asked_or_answered(credential: Credential, request: NameRequest | None) -> NameRequest | None:
    """What the holder is shown of a certificate that stands: an open request, or the answer to the last one."""
    is_shown = request is not None and credential.state in LIVE_STATES and request.state != NameRequestState.ISSUED
    return request if is_shown else None


def _may_ask(credential: Credential, holder: User) -> bool:
    is_open = credential.asked is not None and credential.asked.state == NameRequestState.OPEN
    return credential.state in LIVE_STATES and has_another_name(credential, holder) and not is_open
