"""A visit that another trainee proposes: confirming the own share, or declining."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day
from supervision.actions.placement import make_client_code
from supervision.actions.practice import VisitRefused
from supervision.actions.shared import confirm_share, decline_share
from supervision.forms.practice import initial_from_shared
from supervision.queries.shared import shares_for
from supervision.views.practice import visit_form, visit_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_shared(request, pk):
    """Her own share: when and how long is filled in; role, codes and words are her own."""
    share = get_object_or_404(shares_for(request.user), pk=pk)
    form = visit_form(request, share.enrolment, initial_from_shared(share.log))
    if form.is_valid():
        log = _confirmed(request, form, share)
        if log:
            messages.success(request, "Your share is saved as a draft. Send it when it is right.")
            return redirect("practice_detail", log.pk)
    title = f"A visit with {share.log.enrolment.person}, {day(share.log.on)}"
    return visit_page(request, form, share.enrolment, title=title, share=share)


def _confirmed(request, form, share):
    try:
        with transaction.atomic():
            code = make_client_code(share.enrolment, by=request.user) if form.cleaned_data["new_client"] else None
            return confirm_share(
                share, form.visit(also=code), placement=form.cleaned_data["placement"], by=request.user
            )
    except VisitRefused as refused:
        form.show(refused.problems)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    return None


@login_required
@require_POST
@once_per_form
def practice_shared_decline(request, pk):
    share = get_object_or_404(shares_for(request.user), pk=pk)
    decline_share(share, by=request.user)
    messages.success(request, "You declined the visit.")
    return redirect("practice_list")
