"""Two gates in front of everything a signed-in person does, and the note that she was here."""

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.shortcuts import redirect
from django.urls import reverse

from lms.accounts.actions import mirror_roles
from lms.accounts.queries import has_accepted_current_terms, has_second_factor, needs_second_factor

# Open to everybody in the world, so a signed-in person is not stopped there either.
OPEN_TO_ALL = (
    *("/accounts/", "/terms/", "/policies/", "/verify/", "/credentials/", "/.well-known/", "/static/", "/media/"),
    *("/achievements/", "/status/", "/keys/"),
    *("/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/cms/logout/"),
)
CHECKED_KEY = "terms_checked_at"
RECHECK_SECONDS = 600
SEEN_KEY = "seen_at"
SEEN_SECONDS = 300


def second_factor_for_staff(get_response):
    """People who sign or administer pass a second factor before any page but the open ones, however their session began.

    The list names what is open, not what is closed: a page somebody adds tomorrow is behind the gate.
    """

    def middleware(request):
        if request.path.startswith("/cms/") and request.user.is_authenticated:
            mirror_roles(request.user)  # a grant that ran out a minute ago must not open the CMS
        if (
            not request.path.startswith(OPEN_TO_ALL)
            and request.user.is_authenticated
            and needs_second_factor(request.user)
            and (missing := missing_second_factor(request))
        ):
            return redirect(missing)
        return get_response(request)

    return middleware


def missing_second_factor(request) -> str | None:
    """Where to send someone who has not passed a second factor in this session; None when all is well."""
    if not has_second_factor(request.user):
        return reverse("mfa_index")
    passed = any(
        record.get("method") == "mfa" or record.get("passwordless")
        for record in get_authentication_records(request, request.user)
    )
    return None if passed else _with_next("mfa_reauthenticate", request)


def _with_next(url_name: str, request) -> str:
    """An address that leads back here afterwards; a form that was being sent leads back to its page."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return f"{reverse(url_name)}?{urlencode({'next': back})}"


def terms_accepted(get_response):
    """Ask a signed-in person to accept the current terms before anything else."""

    def middleware(request):
        if (
            not request.path.startswith(OPEN_TO_ALL)
            and request.user.is_authenticated
            and not _session_has_accepted(request)
        ):
            return redirect(_with_next("terms_accept", request))
        return get_response(request)

    return middleware


def note_activity(get_response):
    """Keep the list of signed-in devices fresh, at most every five minutes a session.

    allauth's own middleware writes at every request: five queries, and on SQLite the one write lock for each page read.
    """

    def middleware(request):
        if request.user.is_authenticated and _is_due(request.session):
            UserSession.objects.create_from_request(request)
            request.session[SEEN_KEY] = [request.session.session_key, int(time.time())]
        return get_response(request)

    return middleware


def _is_due(session) -> bool:
    """Also when the session got another key, as after a change of password."""
    key, seen = session.get(SEEN_KEY) or ("", 0)
    return key != session.session_key or time.time() - seen >= SEEN_SECONDS


def _session_has_accepted(request) -> bool:
    """Asked of the database at most every ten minutes of a session, so that a page does not pay a query for it."""
    now = int(time.time())
    if now - request.session.get(CHECKED_KEY, 0) < RECHECK_SECONDS:
        return True
    if has_accepted_current_terms(request.user):
        request.session[CHECKED_KEY] = now
        return True
    return False
