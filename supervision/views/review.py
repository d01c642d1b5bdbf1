"""The supervisor's queue and the signature."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.declaration import declare_words
from supervision.actions.review import approve_log, return_log
from supervision.enums import Decision, LogState
from supervision.forms.review import SignedDecisionForm
from supervision.queries.practice import for_list, labels_of, logs_for_user, logs_to_review
from supervision.queries.review import content_hash, signed_content
from supervision.views.entry import entry_context

PER_PAGE = 25


@login_required
@require_safe
def review_queue(request):
    require_role(request.user, Role.SUPERVISOR)
    page = Paginator(for_list(logs_to_review(request.user)), PER_PAGE).get_page(page_number(request))
    now = timezone.now()
    labels = labels_of(page)
    rows = [{"log": log, "category": labels[log.pk], "age": (now - log.submitted_at).days} for log in page]
    return render(request, "supervision/review_queue.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_entry(request, pk):
    require_role(request.user, Role.SUPERVISOR)
    log = get_object_or_404(logs_for_user(request.user).filter(pk=pk))
    if log.reviewing_id != request.user.pk:
        raise Http404
    if request.method != "POST" and log.state != LogState.SUBMITTED:
        return redirect("practice_detail", pk)
    form = SignedDecisionForm(request.POST or None)
    if form.is_valid():
        try:
            return _decide(request, log, **form.cleaned_data, declared=form.declared)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            log = get_object_or_404(logs_for_user(request.user), pk=pk)
    queue = logs_to_review(request.user)
    context = entry_context(log) | {
        "form": form,
        "seen": content_hash(signed_content(log)),
        "is_waiting": log.state == LogState.SUBMITTED,
        "left": queue.count(),
    }
    return render(request, "supervision/review_entry.html", context, status=422 if form.is_bound else 200)


def _decide(request, log, *, decision, meaning, reason, seen, declared):
    require_fresh_password(request)
    if decision == Decision.APPROVED:
        approve_log(log, by=request.user, meaning=meaning, seen=seen)
        messages.success(request, f"Approved and signed: {log}, {log.enrolment.person}.")
    else:
        return_log(log, by=request.user, meaning=meaning, seen=seen, reason=reason)
        declare_words(log, declared, by=request.user)
        messages.success(request, f"Returned to {log.enrolment.person}, who reads your reason first.")
    return _next_in_queue(request.user)


def _next_in_queue(user):
    """Straight to the next entry; the queue itself when nothing is left."""
    waiting = logs_to_review(user).values_list("pk", flat=True).first()
    return redirect("review_entry", waiting) if waiting else redirect("review_queue")
