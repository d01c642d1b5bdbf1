"""Regrading: the director's form with its dry run, and the record of what was done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.kinds import kind_of
from assessments.models import Regrade, RegradedAttempt
from assessments.presentation import clean_stem
from assessments.regrading.actions import PlanHasChanged, look_at_regrade, regrade_version
from assessments.regrading.forms import RegradeForm
from assessments.regrading.planning import fingerprint
from assessments.regrading.queries import regrades_of, version_to_regrade
from courses.enrolment.queries import enrolments_for
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_regrade(request, key, number):
    """Say what follows from the mistake, look at every result that it changes, and apply it."""
    version = version_to_regrade(request.user, key, number)
    form, plan = RegradeForm(request.POST or None, version=version), None
    if form.is_valid():
        if request.POST.get("act") == "apply":
            try:
                regrade = regrade_version(
                    version,
                    **form.decision,
                    reason=form.cleaned_data["reason"],
                    seen=request.POST.get("seen", ""),
                    by=request.user,
                )
            except PlanHasChanged as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, "The question is regraded, and whoever passed or no longer does is told.")
                return redirect("desk_regraded", regrade.pk)
        plan = look_at_regrade(version, **form.decision)
    context = {
        "version": version,
        "stem": clean_stem(version.data["stem"]),
        "kind": kind_of(version.kind).label,
        "right": kind_of(version.kind).key_in_words(version.data),
        "form": form,
        "look_kind": "primary" if plan is None else "",
        "history": list(regrades_of(version)),
    }
    if plan is not None:
        context |= _shown(request.user, plan)
        context["seen"] = fingerprint(plan, *form.decision.values())
        context["apply_label"] = (
            "Apply it" if not plan else f"Apply it to {len(plan)} result{'s' if len(plan) > 1 else ''}"
        )
    return render(request, "assessments/regrading/form.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def desk_regraded(request, pk):
    """What one regrade changed; the former results stand beside the new ones for ever."""
    regrade = get_object_or_404(Regrade.objects.select_related("version__question", "by"), pk=pk)
    version_to_regrade(request.user, regrade.version.question.key, regrade.version.number)
    rows = RegradedAttempt.objects.filter(regrade=regrade, attempt__enrolment__in=_seen(request.user))
    rows = rows.select_related("attempt__enrolment__person", "attempt__item").defer("old_result", "new_result")
    page = Paginator(rows.order_by("id"), PER_PAGE).get_page(page_number(request))
    return render(request, "assessments/regrading/detail.html", {"regrade": regrade, "page": page})


def _seen(user):
    return enrolments_for(user).order_by().values("pk")


def _shown(user, plan) -> dict:
    """A barrier hides a person's results from a director too; she reads how many those are."""
    seen = set(
        enrolments_for(user).filter(pk__in={each.attempt.enrolment_id for each in plan}).values_list("pk", flat=True)
    )
    shown = [each for each in plan if each.attempt.enrolment_id in seen]
    return {
        "plan": shown,
        "hidden": len(plan) - len(shown),
        "total": len(plan),
        "gained": sum(each.gains_pass for each in plan),
        "lost": sum(each.loses_pass for each in plan),
        "kept": sum(each.is_kept for each in plan),
    }
