"""The staff's pages about one trainee's practice: placements, and the log with its totals."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.queries import enrolment_for, enrolments_for
from courses.enrolment.rules import can_manage_enrolment
from courses.standards.enums import SitePaperKind
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import roles_of
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from supervision.actions.codes import can_separate
from supervision.actions.placement import end_placement, set_placement
from supervision.actions.supervisor import site_named, supervisor_of
from supervision.forms.placement import EndPlacementForm, PlacementForm
from supervision.models import Placement
from supervision.queries.measures import practice_of
from supervision.queries.placement import (
    categories_of,
    merged_codes_of,
    placements_of,
    supervisors_for,
    supervisors_without_account,
)
from supervision.queries.practice import for_list, label_of, logs_for_user, reads_rows_of
from supervision.queries.program import logs_to_verify
from supervision.queries.site import missing_papers
from supervision.queries.summary import summary_of

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_placements(request, pk):
    enrolment = _managed(request.user, pk)
    form = PlacementForm(
        request.POST or None,
        supervisors=supervisors_for(enrolment),
        without_account=supervisors_without_account(enrolment),
    )
    if form.is_valid():
        try:
            placement = _set(enrolment, request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{enrolment.person} is placed with {placement.supervisor}.")
            _say_what_is_missing(request, placement)
            return redirect("desk_placements", pk)
    context = {"enrolment": enrolment, "form": form, "placements": placements_of(enrolment)}
    return render(request, "supervision/desk_placements.html", context, status=422 if form.is_bound else 200)


def _say_what_is_missing(request, placement):
    """What the standard asks of the site without refusing: entries are flagged until it is there."""
    day = max(placement.starts_on, timezone.localdate())
    if missing := missing_papers(placement.site, practice_of(placement.enrolment), day):
        papers = " and ".join(SitePaperKind(paper).label.lower() for paper in missing)
        words = f"No approved {papers} of {placement.site} is on record: entries are flagged until it is."
        messages.warning(request, words)


def _set(enrolment, by, *, supervisor, site, **dates):
    with transaction.atomic():  # a refusal takes the rows made for it back
        if isinstance(supervisor, User):
            supervisor = supervisor_of(supervisor, by=by)
        return set_placement(enrolment, supervisor=supervisor, site=site_named(site), by=by, **dates)


def _managed(user, pk):
    enrolment = enrolment_for(user, pk)
    if not can_manage_enrolment(user, enrolment):
        raise PermissionDenied
    return enrolment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_placement_end(request, pk):
    visible = Placement.objects.filter(enrolment__in=enrolments_for(request.user).values("pk"))
    placement = get_object_or_404(visible.select_related("supervisor__person", "site"), pk=pk)
    enrolment = _managed(request.user, placement.enrolment_id)
    form = EndPlacementForm(request.POST or None)
    if form.is_valid():
        try:
            end_placement(placement, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("ends_on", refusal.message)
        else:
            messages.success(request, "The end of the placement is recorded.")
            return redirect("desk_placements", enrolment.pk)
    context = {"enrolment": enrolment, "form": form, "question": f"When does the placement at {placement.site} end?"}
    return render(request, "supervision/desk_placement_end.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def desk_practice(request, pk):
    """A trainee's log for staff: directors and the cohort's faculty read entries, a registrar the totals alone."""
    enrolment = enrolment_for(request.user, pk)
    if enrolment.person_id == request.user.pk:
        return redirect("practice_list")
    categories = categories_of(enrolment)
    context = {"enrolment": enrolment, "totals": summary_of(enrolment, categories).totals, "reads_rows": False}
    if reads_rows_of(request.user, enrolment):
        logs = logs_for_user(request.user).filter(enrolment=enrolment)
        page = Paginator(for_list(logs), PER_PAGE).get_page(page_number(request))
        rows = [{"log": log, "category": label_of(log.category_key, categories)} for log in page]
        merged = list(merged_codes_of(enrolment))
        is_theirs = bool(merged) and can_separate(request.user, enrolment)
        context |= {"reads_rows": True, "page": page, "rows": rows, "merged": merged if is_theirs else []}
    elif Role.REGISTRAR in roles_of(request.user):
        approved = logs_to_verify(request.user, Role.REGISTRAR).filter(enrolment=enrolment)
        page = Paginator(for_list(approved), PER_PAGE).get_page(page_number(request))
        rows = [{"log": log, "category": label_of(log.category_key, categories)} for log in page]
        context |= {"to_verify": rows, "page": page}
    return render(request, "supervision/desk_practice.html", context)
