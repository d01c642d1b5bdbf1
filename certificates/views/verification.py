"""The verification page: first the verdict, then the facts, how they were checked, and what a certificate is not."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates import codes
from certificates.forms import CodeForm
from certificates.limits import is_within_limit
from certificates.presentation import present
from certificates.queries.credentials import credential_by_code, examine
from lms.web.errors import too_many_requests

LOOKUPS_PER_MINUTE = 30
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@require_safe
def verify(request):
    """The field for a code; with `?code=` the answer."""
    if "code" not in request.GET:
        return render(request, "certificates/verify.html", {"form": CodeForm()})
    form = CodeForm(request.GET)
    if not form.is_valid():
        return render(request, "certificates/verify.html", {"form": form}, status=422)
    return verification_page(request, lambda: credential_by_code(form.cleaned_data["code"]))


@require_safe
def verify_code(request, code):
    return verification_page(request, lambda: credential_by_code(codes.normalised(code)))


def verification_page(request, find):
    """The page for what `find()` finds. Whatever was typed wrong, the answer "Not found" is the same, and is counted."""
    if not is_within_limit(request, "verify", per_minute=LOOKUPS_PER_MINUTE):
        return too_many_requests(request)
    credential = find()
    if credential is None:
        return _with_headers(render(request, "certificates/not_found.html", status=404))
    context = {"page": present(credential, examine(credential)), "credential": credential}
    return _with_headers(render(request, "certificates/verification.html", context))


def _with_headers(response):
    for name, value in PRIVATE.items():
        response[name] = value
    return response
