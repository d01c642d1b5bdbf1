"""Handing over the open work of a supervisor, on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.handover import hand_over
from supervision.actions.supervisor import supervisor_of
from supervision.forms.handover import HandoverForm
from supervision.queries.handover import caseload_of, covered_for, handovers_of, possible_takers, supervisors_with_work
from supervision.queries.practice import labels_of

PER_PAGE = 25


@login_required
@require_safe
def desk_handovers(request):
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(supervisors_with_work(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "supervision/desk_handovers.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_handover(request, pk):
    """What is open with a supervisor, listed before it moves, and the act that moves it."""
    require_role(request.user, Role.DIRECTOR)
    giver = get_object_or_404(supervisors_with_work(request.user), pk=pk)
    load = caseload_of(giver, request.user)
    form = HandoverForm(
        request.POST or None,
        takers=possible_takers(giver),
        covered=covered_for(load),
        initial={"since": timezone.localdate().isoformat()},
    )
    if form.is_valid():
        require_fresh_password(request)
        try:
            handover = _hand_over(giver, request.user, form)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{handover.taker} decides from now on about what was open with {giver}.")
            return redirect("desk_handovers")
    labels = labels_of(load.entries)
    context = {
        "giver": giver,
        "form": form,
        "load": load,
        "entries": [{"log": log, "category": labels[log.pk]} for log in load.entries],
        "earlier": handovers_of(giver),
    }
    return render(request, "supervision/desk_handover.html", context, status=422 if form.is_bound else 200)


def _hand_over(giver, by, form):
    words = {name: form.cleaned_data[name] for name in ("cause", "reason", "since")}
    with transaction.atomic():  # a refusal takes the row made for it back
        taker = supervisor_of(form.cleaned_data["to"], by=by)
        return hand_over(giver, to=taker, by=by, of=form.of, **words)
