"""Two gates in front of everything a signed-in person does."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.shortcuts import redirect
from django.urls import reverse

from lms.accounts.actions import mirror_roles
from lms.accounts.queries import has_accepted_current_terms, needs_second_factor

STAFF_PATHS = ("/cms/", "/desk/", "/review/", "/documents/")
CHECKED_KEY = "terms_checked_at"
RECHECK_SECONDS = 600
EXEMPT_FROM_TERMS = ("/accounts/", "/terms/", "/static/", "/media/", "/healthz", "/readyz", "/cms/logout/", "/verify/")


def second_factor_for_staff(get_response):
    """People who sign or administer pass a second factor before any staff page, however their session began."""

    def middleware(request):
        if request.path.startswith(STAFF_PATHS) and request.user.is_authenticated:
            mirror_roles(request.user)  # a grant that ran out a minute ago must not open the CMS
            if needs_second_factor(request.user) and (missing := missing_second_factor(request)):
                return redirect(missing)
        return get_response(request)

    return middleware


def missing_second_factor(request) -> str | None:
    """Where to send someone who has not passed a second factor in this session; None when all is well."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    if not is_mfa_enabled(request.user, kinds):
        return reverse("mfa_index")
    passed = any(
        record.get("method") == "mfa" or record.get("passwordless") for record in get_authentication_records(request)
    )
    return None if passed else f"{reverse('mfa_reauthenticate')}?next={request.path}"


def terms_accepted(get_response):
    """Ask a signed-in person to accept the current terms before anything else."""

    def middleware(request):
        if (
            request.user.is_authenticated
            and not request.path.startswith(EXEMPT_FROM_TERMS)
            and not _session_has_accepted(request)
        ):
            return redirect(f"{reverse('terms_accept')}?next={request.path}")
        return get_response(request)

    return middleware


def _session_has_accepted(request) -> bool:
    """Asked of the database at most every ten minutes of a session, so that a page does not pay a query for it."""
    now = int(time.time())
    if now - request.session.get(CHECKED_KEY, 0) < RECHECK_SECONDS:
        return True
    if has_accepted_current_terms(request.user):
        request.session[CHECKED_KEY] = now
        return True
    return False
