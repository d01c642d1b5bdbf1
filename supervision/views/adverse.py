"""Adverse events on the desk: what waits, acknowledging it, and who is told first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lms.accounts.enums import Role
from lms.accounts.queries import roles_of
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.adverse import acknowledge_alert, set_responder
from supervision.forms.adverse import ResponderForm
from supervision.models import AdverseResponder
from supervision.queries.adverse import alerts_for, possible_responders, programs_to_set

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_adverse(request):
    """What was reported, the open ones first. For whoever holds a role: a responder may be any of them."""
    roles = roles_of(request.user)
    if not roles:
        raise PermissionDenied
    is_director = Role.DIRECTOR in roles
    if request.method == "POST" and not is_director:
        raise PermissionDenied
    form = None
    if is_director:
        form = ResponderForm(request.POST or None, programs=programs_to_set(request.user), people=possible_responders())
        if form.is_valid():
            try:
                set_responder(form.cleaned_data["program"], person=form.cleaned_data["person"], by=request.user)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, f"{form.cleaned_data['person']} is told first from now on.")
                return redirect("desk_adverse")
    alerts = alerts_for(request.user).order_by(F("acknowledged_at").desc(nulls_first=True), "due_at", "id")
    page = Paginator(alerts, PER_PAGE).get_page(page_number(request))
    context = {"page": page, "form": form, "responders": _responders(request.user) if is_director else []}
    return render(request, "supervision/desk_adverse.html", context, status=422 if form and form.is_bound else 200)


def _responders(user) -> list[AdverseResponder]:
    rows = AdverseResponder.objects.filter(program__in=programs_to_set(user)).select_related("program", "person")
    return list(rows.order_by("program__title", "pk"))


@login_required
@require_POST
@once_per_form
def desk_adverse_acknowledge(request, pk):
    alert = get_object_or_404(alerts_for(request.user), pk=pk)
    acknowledge_alert(alert, by=request.user)
    messages.success(request, f"Acknowledged. {alert.log.enrolment.person} sees that you did.")
    return redirect("desk_adverse")
