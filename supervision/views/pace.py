"""Approvals at an unusual pace, on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.pace import see_pace
from supervision.queries.pace import paces_for
from supervision.rules.pace import APPROVALS_USUAL, WITHIN

PER_PAGE = 25


@login_required
@require_safe
def desk_pace(request):
    """Whose approvals were faster than entries can be read; what nobody has looked at first."""
    require_role(request.user, Role.DIRECTOR)
    flags = paces_for(request.user).order_by(F("seen_at").desc(nulls_first=True), "-ended_at", "-id")
    context = {
        "page": Paginator(flags, PER_PAGE).get_page(page_number(request)),
        "usual": APPROVALS_USUAL,
        "minutes": int(WITHIN.total_seconds() // 60),
    }
    return render(request, "supervision/desk_pace.html", context)


@login_required
@require_POST
@once_per_form
def desk_pace_seen(request, pk):
    require_role(request.user, Role.DIRECTOR)
    flag = see_pace(get_object_or_404(paces_for(request.user), pk=pk), by=request.user)
    messages.success(request, f"Noted that you looked at the approvals of {flag.who}.")
    return redirect("desk_pace")
