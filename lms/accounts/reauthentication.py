"""Proof, once more, that it is she who sits there."""

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest


@reauthentication_required
def require_fresh_password(request: HttpRequest) -> None:
    """Go on only with a password or second factor given in the last five minutes: a browser left open signs nothing,
    confers nothing, moves no money and gives no power.

    Raises allauth's `ReauthenticationRequired`, whose middleware asks for it, keeps the form, and sends it again
    afterwards. Call it when the form is valid, just before the act: nobody gives a password for a form with errors.
    """
