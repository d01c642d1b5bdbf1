"""Client codes: joining two of one client, and undoing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from courses.enrolment.queries import enrolment_for_trainee, enrolments_for
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from supervision.actions.codes import can_separate, merge_codes, separate_code
from supervision.forms.practice import MergeForm
from supervision.models import ClientCode
from supervision.queries.placement import client_codes_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_codes_merge(request, pk):
    """Say that two codes stand for one client."""
    enrolment = enrolment_for_trainee(request.user, pk)
    form = MergeForm(request.POST or None, codes=client_codes_of(enrolment))
    if form.is_valid():
        try:
            first = merge_codes(form.cleaned_data["one"], form.cleaned_data["other"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Both codes stand for one client now. Use {first} from here on.")
            return redirect("practice_list")
    context = {"form": form, "enrolment": enrolment}
    return render(request, "supervision/practice_codes_merge.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@once_per_form
def desk_code_separate(request, pk):
    codes = ClientCode.objects.filter(enrolment__in=enrolments_for(request.user).values("pk"), same_as__isnull=False)
    code = get_object_or_404(codes.select_related("enrolment__person"), pk=pk)
    if not can_separate(request.user, code.enrolment):
        raise PermissionDenied
    separate_code(code, by=request.user)
    messages.success(request, f"{code} stands for a client of its own again.")
    return redirect("desk_practice", code.enrolment_id)
