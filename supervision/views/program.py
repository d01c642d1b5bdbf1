"""The program's own acts on an entry: verifying it, and withdrawing an approval."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lms.accounts.enums import Role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day
from supervision.actions.declaration import declare_words
from supervision.actions.program import unapprove_log, verify_log
from supervision.forms.review import WithdrawalForm
from supervision.queries.practice import logs_for_user
from supervision.queries.program import logs_to_verify


@login_required
@require_POST
@once_per_form
def practice_verify(request, pk):
    """Mark an approved entry as verified, from the desk page of its trainee."""
    log = get_object_or_404(logs_to_verify(request.user), pk=pk)
    verify_log(log, by=request.user)
    messages.success(request, f"Verified: {log}, {log.enrolment.person}.")
    return redirect("desk_practice", log.enrolment_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_unapprove(request, pk):
    """Withdraw an approval. Whoever reads the entry without being a director is told that it is not hers to do."""
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    if not logs_to_verify(request.user, Role.DIRECTOR).filter(pk=pk).exists():
        raise PermissionDenied
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        require_fresh_password(request)
        try:
            unapprove_log(log, by=request.user, reason=form.cleaned_data["reason"])
            declare_words(log, form.declared, by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"The approval is withdrawn. {log.enrolment.person} reads your reason first.")
            return redirect("practice_detail", pk)
    context = {"form": form, "log": log, "question": f"Withdraw the approval of the visit of {day(log.on)}?"}
    return render(request, "supervision/practice_unapprove.html", context, status=422 if form.is_bound else 200)
