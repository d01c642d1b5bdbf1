"""Attesting an entry in lieu of a supervisor: proposing, confirming or refusing, taking back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lms.accounts.enums import Role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from supervision.actions.lieu import (
    confirm_attestation,
    propose_attestation,
    refuse_attestation,
    withdraw_attestation,
)
from supervision.enums import LogState
from supervision.forms.lieu import AnswerLieuForm, ProposeLieuForm
from supervision.queries.lieu import SECONDS, attestation_of, role_to_attest, signer_left
from supervision.queries.practice import logs_for_user
from supervision.queries.review import content_hash, signed_content
from supervision.views.entry import entry_context


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_lieu(request, pk):
    """The entry, and what this person can do: propose, answer as the second, or take her proposal back."""
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    if role_to_attest(request.user, log, *SECONDS) is None:
        raise PermissionDenied
    attestation = attestation_of(log)
    part = _part(request.user, log, attestation)
    form = {"propose": ProposeLieuForm, "answer": AnswerLieuForm}[part](request.POST or None) if part in FORMS else None
    if form and form.is_valid():
        require_fresh_password(request)
        try:
            return _act(request, log, attestation, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = entry_context(log) | {
        "form": form,
        "part": part,
        "attestation": attestation,
        "signer": signer_left(log) if part == "propose" else None,
        "seen": content_hash(signed_content(log)),
    }
    return render(request, "supervision/practice_lieu.html", context, status=422 if form and form.is_bound else 200)


FORMS = ("propose", "answer")


def _part(user, log, attestation) -> str:
    if log.state != LogState.SUBMITTED:
        return "over"
    if attestation and attestation.is_open and attestation.version == log.version:
        return "own" if attestation.proposed_by_id == user.pk else "answer"
    return "propose" if role_to_attest(user, log, Role.DIRECTOR) else "none"


def _act(request, log, attestation, *, seen, evidence="", answer="", reason=""):
    if not answer:
        propose_attestation(log, evidence=evidence, seen=seen, by=request.user)
        messages.success(request, "Proposed. A second person is asked to read it.")
    elif answer == "confirm":
        confirm_attestation(attestation, seen=seen, by=request.user)
        messages.success(request, "Approved by attestation in lieu. The trainee is told.")
    else:
        refuse_attestation(attestation, reason=reason, by=request.user)
        messages.success(request, "Refused. Whoever proposed it reads your reason.")
    return redirect("practice_detail", log.pk)


@login_required
@require_POST
@once_per_form
def practice_lieu_withdraw(request, pk):
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    attestation = attestation_of(log)
    if attestation is None or attestation.proposed_by_id != request.user.pk:
        raise Http404
    withdraw_attestation(attestation, by=request.user)
    messages.success(request, "Taken back. The entry goes on waiting.")
    return redirect("practice_lieu", pk)
