"""The signed documents, for anybody and any software: no session, no cookie, readable from every origin."""

import functools
import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from certificates.enums import CredentialState
from certificates.models import Achievement, SigningKey, StatusList
from certificates.queries.credentials import credential_by_uuid
from certificates.queries.keys import did_document, key_named, key_set, the_issuer
from certificates.signing import documents
from certificates.signing.contexts import CREDENTIALS_V2, OPEN_BADGES
from certificates.views.verification import verification_page
from lms.web.errors import too_many_requests
from lms.web.limits import is_within_limit

HOUR = "public, max-age=3600"
MINUTE = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"
JSON_TYPES = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")
# A wallet that refreshes all its holder's badges stays far below; guessing addresses stays hopeless.
FETCHES_PER_MINUTE = 120


def open_to_all(view):
    """GET and HEAD for every origin, and the preflight that browsers send before them. Anything else is refused."""

    @csrf_exempt
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
        elif request.method in ("GET", "HEAD"):
            response = view(request, *args, **kwargs)
        else:
            response = HttpResponse(status=405)
            response["Allow"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Headers"] = "*"
        response["Access-Control-Max-Age"] = "86400"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


def _document(content: dict | str, *, kind: str, cache: str) -> HttpResponse:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text.encode(), content_type=kind, headers={"Cache-Control": cache, "X-Robots-Tag": "noindex"})


def _issuer_or_404():
    issuer = the_issuer()
    if issuer is None:
        raise Http404
    return issuer


@open_to_all
def did(request):
    return _document(did_document(_issuer_or_404()), kind="application/did+ld+json", cache=HOUR)


@open_to_all
def jwks(request):
    return _document(key_set(_issuer_or_404()), kind="application/jwk-set+json", cache=HOUR)


@open_to_all
def key(request, name):
    """One bare JWK, as `kid` of a token points to it."""
    try:
        return _document(key_named(name).public_jwk, kind="application/jwk+json", cache=FOR_EVER)
    except SigningKey.DoesNotExist:
        raise Http404 from None


@open_to_all
def status_list(request, number):
    """The exact signed bytes. Kept a minute at most, so that a revocation is seen at once."""
    row = get_object_or_404(StatusList, number=number)
    return _document(row.signed_json, kind="application/vc+ld+json", cache=MINUTE)


@open_to_all
@vary_on_headers("Accept")
def achievement(request, uuid):
    found = get_object_or_404(Achievement.objects.select_related("issuer", "program", "standard_version"), uuid=uuid)
    if _wants_page(request):
        return render(request, "certificates/achievement.html", {"achievement": found})
    context = {"@context": [CREDENTIALS_V2, OPEN_BADGES]}
    return _document(context | documents.achievement(found.facts), kind="application/ld+json", cache=HOUR)


@open_to_all
@vary_on_headers("Accept")
def credential(request, uuid):
    """The address in the signed bytes: the credential for software, the verification page for a browser."""
    if _wants_page(request):
        return verification_page(request, lambda: credential_by_uuid(uuid))
    return _signed(
        request, uuid, lambda found: _document(found.signed_json, kind="application/vc+ld+json", cache=MINUTE)
    )


@open_to_all
def credential_json(request, uuid):
    return _signed(request, uuid, lambda found: _download(found, found.signed_json, "application/vc+ld+json", "json"))


@open_to_all
def credential_jwt(request, uuid):
    return _signed(
        request, uuid, lambda found: _download(found, found.signed_jwt, "text/plain; charset=us-ascii", "jwt")
    )


def _signed(request, uuid, answer):
    """The stored bytes; 410 for a superseded credential, whose bytes hold a former name."""
    if not is_within_limit(request, "credential", per_minute=FETCHES_PER_MINUTE):
        return too_many_requests(request)
    found = credential_by_uuid(uuid)
    if found is None:
        raise Http404
    if found.state == CredentialState.SUPERSEDED:
        response = _document({"state": "superseded"}, kind="application/json", cache=MINUTE)
        response.status_code = 410
        return response
    return answer(found)


def _download(found, text: str, kind: str, ending: str) -> HttpResponse:
    response = _document(text, kind=kind, cache=MINUTE)
    response["Content-Disposition"] = f'attachment; filename="certificate-{found.uuid}.{ending}"'
    return response


def _wants_page(request) -> bool:
    """Browsers name text/html before anything; software names JSON, anything (*/*) or nothing, and gets JSON."""
    return request.get_preferred_type([*JSON_TYPES, "text/html"]) == "text/html"
