"""A reviewer's page for taking words out of an entry.

It asks for no password: the form, which holds the words, would be kept in the session meanwhile.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day
from supervision.actions.redaction import redact_log
from supervision.forms.redaction import RedactForm
from supervision.queries.practice import logs_for_user
from supervision.queries.redaction import can_redact, reasons_given
from supervision.queries.review import content_hash, signed_content


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_redact(request, pk):
    """Whoever reads the entry without deciding about it is told that it is not hers to do."""
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    if not can_redact(request.user, log):
        raise PermissionDenied
    reasons = reasons_given(log)
    initial = {"seen": content_hash(signed_content(log))}
    form = RedactForm(request.POST or None, log=log, reasons=reasons, initial=initial)
    if form.is_valid():
        try:
            redact_log(log, by=request.user, **form.asked)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"The words are removed. {log.enrolment.person} is told.")
            return redirect("practice_detail", pk)
    context = {"form": form, "log": log, "reasons": reasons, "heading": f"Remove words: visit of {day(log.on)}"}
    return render(request, "supervision/practice_redact.html", context, status=422 if form.is_bound else 200)
