from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.disputes.actions import decide_dispute, withdraw_dispute
from lms.disputes.enums import UNDECIDED
from lms.disputes.forms import DecideDisputeForm
from lms.disputes.queries import can_decide, disputes_for
from lms.disputes.registry import choices_for, form_for, keep_declared, subject_of
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number


@login_required
@require_safe
def dispute_list(request):
    page = Paginator(disputes_for(request.user).order_by("-id"), 25).get_page(page_number(request))
    return render(request, "disputes/list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def dispute_detail(request, pk):
    dispute = get_object_or_404(disputes_for(request.user), pk=pk)
    is_undecided = dispute.state in UNDECIDED
    may_decide = is_undecided and can_decide(request.user, dispute)
    form = (form_for(dispute) or DecideDisputeForm)(
        request.POST or None, choices=choices_for(dispute) if may_decide else ()
    )
    if form.is_valid():
        try:
            decide_dispute(dispute, by=request.user, **form.cleaned_data)
            keep_declared(dispute, getattr(form, "declared", ()), by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Your decision is recorded, and the person is told.")
            return redirect("dispute_detail", pk)
    context = {
        "dispute": dispute,
        "subject": subject_of(request.user, dispute),
        "form": form,
        "is_undecided": is_undecided,
        "may_decide": may_decide,
    }
    return render(request, "disputes/detail.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@once_per_form
def dispute_withdraw(request, pk):
    dispute = get_object_or_404(disputes_for(request.user), pk=pk)
    withdraw_dispute(dispute, by=request.user)
    messages.success(request, "You withdrew the dispute.")
    return redirect("dispute_list")
