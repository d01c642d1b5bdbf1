"""Proof, once more, that it is she who sits there."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required, suspend_request
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.http import HttpRequest
from django.shortcuts import redirect


def require_fresh_password(request: HttpRequest) -> None:
    """Go on only with a password or second factor given in the last five minutes: a browser left open signs nothing,
    confers nothing, moves no money and gives no power.

    Raises allauth's `ImmediateHttpResponse`, whose middleware asks for it; the form is kept, and sent again afterwards.
    Call it when the form is valid, just before the act: nobody gives a password for a form with errors.
    """
    if not is_reauthentication_required(request, app="account"):
        return
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        raise ReauthenticationRequired
    suspend_request(request, "")
    # allauth sends a form again only when it leads back to its bare address; the kept form knows its query itself
    raise ImmediateHttpResponse(redirect(f"{methods[0]['url']}?{urlencode({'next': request.path})}"))
