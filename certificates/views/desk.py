"""The directors' desk: who is ready, conferring, and revoking in two steps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from certificates.actions.conferral import confer as confer_credential
from certificates.actions.revocation import confirm_revocation, request_revocation, withdraw_revocation
from certificates.enums import LIVE_STATES, CredentialState, NameRequestState, RequestState
from certificates.forms import ConferForm, ConfirmRevocationForm, RevocationForm
from certificates.models import Credential
from certificates.presentation import WORDS
from certificates.queries.conferral import awaiting_conferral, blockers, candidates, live_credential_of
from certificates.queries.credentials import credentials_for_director, enrolments_for_director, requests_for_director
from certificates.queries.papers import downloads_of
from courses.standing.engine import standing_for
from lms.accounts.enums import Role
from lms.accounts.queries import people_with_role, require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.enums import ReasonClass
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


def _tabs(request, current: str) -> list[dict]:
    waiting = requests_for_director(request.user).filter(state=RequestState.OPEN).count()
    return [
        {"label": "Ready to confer", "url": reverse("desk_certificates"), "current": current == "ready"},
        {"label": "Conferred", "url": reverse("desk_conferred"), "current": current == "conferred"},
        {
            "label": "Revocations",
            "url": reverse("desk_revocations"),
            "current": current == "revocations",
            "count": waiting,
        },
    ]


@login_required
@require_safe
def ready(request):
    """Enrolments without a credential, a page at a time; on each page those who are ready come first."""
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(awaiting_conferral(request.user), PER_PAGE).get_page(page_number(request))
    context = {"page": page, "candidates": candidates(page.object_list), "tabs": _tabs(request, "ready")}
    return render(request, "certificates/desk/ready.html", context)


@login_required
@require_safe
def conferred(request):
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(credentials_for_director(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "certificates/desk/conferred.html", {"page": page, "tabs": _tabs(request, "conferred")})


@login_required
@require_safe
def revocations(request):
    require_role(request.user, Role.DIRECTOR)
    rows = requests_for_director(request.user).order_by("-id")
    page = Paginator(rows, PER_PAGE).get_page(page_number(request))
    lonely = people_with_role(Role.DIRECTOR).count() < 2
    context = {"page": page, "tabs": _tabs(request, "revocations"), "is_lonely": lonely}
    return render(request, "certificates/desk/revocations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def confer(request, enrolment_id):
    require_role(request.user, Role.DIRECTOR)
    enrolment = get_object_or_404(enrolments_for_director(request.user), pk=enrolment_id)
    form = ConferForm(request.POST or None)
    if form.is_valid():
        require_fresh_password(request)
        try:
            credential = confer_credential(enrolment, by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Conferred on {credential.snapshot['holder_name']}. The holder has been told.")
            return redirect("desk_credential", credential.pk)
    standing = standing_for(enrolment)
    context = {
        "enrolment": enrolment,
        "results": standing.results,
        "blockers": blockers(enrolment, standing, by=request.user),
        "earlier": live_credential_of(enrolment),
        "form": form,
    }
    return render(request, "certificates/desk/confer.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def credential(request, pk):
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(credentials_for_director(request.user), pk=pk)
    return render(request, "certificates/desk/credential.html", _credential_context(found))


def _credential_context(found: Credential) -> dict:
    moves = [
        {
            "title": move.get_new_display() if move.old else "Conferred",
            "when": move.at,
            "by": move.by,
            "body": ". ".join(part for part in (move.get_reason_class_display(), move.why) if part),
            "kind": WORDS[move.new][1],
        }
        for move in found.moves.select_related("by").order_by("id")
    ]
    return {
        "credential": found,
        "events": moves,
        "open_request": found.revocation_requests.filter(state=RequestState.OPEN).first(),
        "shown_name": found.person if found.state == CredentialState.SUPERSEDED else found.snapshot["holder_name"],
        "is_live": found.state in LIVE_STATES,
        "downloads": downloads_of([found])[found.pk],
        "is_valid": found.state == CredentialState.VALID,
        "is_suspended": found.state == CredentialState.SUSPENDED,
        "asked": found.name_requests.filter(state=NameRequestState.OPEN).first(),
        "earlier": found.supersedes,
        "later": found.replacements.first(),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def revoke(request, pk):
    """The first of two people asks."""
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(credentials_for_director(request.user), pk=pk)
    form = RevocationForm(request.POST or None)
    if form.is_valid():
        require_fresh_password(request)
        try:
            request_revocation(found, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Your request waits for another director. Until then nothing changes.")
            return redirect("desk_credential", found.pk)
    others = people_with_role(Role.DIRECTOR).exclude(pk=request.user.pk)
    context = {"credential": found, "form": form, "others": list(others[:5])}
    return render(request, "certificates/desk/revoke.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def revocation(request, pk):
    """The second person confirms; it acts at once and is final."""
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(requests_for_director(request.user), pk=pk)
    form = ConfirmRevocationForm(request.POST or None)
    if form.is_valid():
        require_fresh_password(request)
        try:
            credential = confirm_revocation(found, by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Revoked. The page and the signed status list say so from now on.")
            return redirect("desk_credential", credential.pk)
    context = {
        "revocation": found,
        "form": form,
        "is_own": found.requested_by_id == request.user.pk,
        "public_sentence": ReasonClass(found.reason_class).public_sentence,
    }
    return render(request, "certificates/desk/revocation.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["POST"])
@once_per_form
def withdraw(request, pk):
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(requests_for_director(request.user), pk=pk)
    withdraw_revocation(found, by=request.user)
    messages.success(request, "The request is withdrawn. The credential stands.")
    return redirect("desk_credential", found.credential_id)
