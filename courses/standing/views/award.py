"""Waivers and holds of one enrolment: for the directors who decide about its award."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.forms import ConfirmForm
from courses.enrolment.queries import desk_enrolments_for
from courses.enrolment.views.pages import form_page, sent
from courses.standards.queries import definition_of
from courses.standing.actions import end_waiver, grant_waiver, lift_hold, place_hold
from courses.standing.forms import HoldForm, WaiverForm
from courses.standing.models import Hold, Waiver
from courses.standing.queries import holds_of, waivable_requirements, waivers_of
from courses.standing.rules import can_decide_award
from lms.web.idempotency import once_per_form


@login_required
@require_safe
def award(request, pk):
    enrolment = _managed(request, pk)
    definition = definition_of(enrolment.standard_version)
    titles = {line.key: line.config.title for line in definition.requirements}
    context = {
        "enrolment": enrolment,
        "waivers": [
            (waiver, titles.get(waiver.requirement_key, waiver.requirement_key)) for waiver in waivers_of(enrolment)
        ],
        "holds": holds_of(enrolment),
        "may_waive": bool(waivable_requirements(enrolment)),
        "not_waivable": [line.config.title for line in definition.requirements if not line.config.waivable],
    }
    return render(request, "standing/award.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def waiver_new(request, pk):
    enrolment = _managed(request, pk)
    return form_page(
        request,
        WaiverForm(sent(request), requirements=waivable_requirements(enrolment)),
        act=lambda requirement_key, **fields: grant_waiver(enrolment, requirement_key, by=request.user, **fields),
        done="The requirement is waived, and a notice is on its way.",
        to=_url(enrolment),
        title=f"Waive a requirement for {enrolment.person}",
        lead="It counts as satisfied from now on, and says so wherever the standing is shown.",
        submit="Waive this requirement",
        asks_password=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def waiver_end(request, pk):
    waiver = get_object_or_404(Waiver.objects.filter(ended_at=None), pk=pk)
    enrolment = _managed(request, waiver.enrolment_id)
    return form_page(
        request,
        ConfirmForm(sent(request)),
        act=lambda: end_waiver(waiver, by=request.user),
        done="The requirement counts again.",
        to=_url(enrolment),
        title=f"End the waiver of {enrolment.person}?",
        lead="The requirement counts again from now on. A certificate that was conferred before stands.",
        submit="End the waiver",
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def hold_new(request, pk):
    enrolment = _managed(request, pk)
    return form_page(
        request,
        HoldForm(sent(request)),
        act=lambda reason_class, note: place_hold(enrolment, by=request.user, reason_class=reason_class, note=note),
        done="No certificate is conferred until the hold is lifted.",
        to=_url(enrolment),
        title=f"Place a hold for {enrolment.person}",
        lead="It keeps a certificate from being conferred, and nothing else. The person is told the kind of reason.",
        submit="Place the hold",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def hold_lift(request, pk):
    hold = get_object_or_404(Hold.objects.filter(lifted_at=None), pk=pk)
    enrolment = _managed(request, hold.enrolment_id)
    return form_page(
        request,
        ConfirmForm(sent(request)),
        act=lambda: lift_hold(hold, by=request.user),
        done="The hold is lifted.",
        to=_url(enrolment),
        title=f"Lift the hold of {enrolment.person}?",
        lead="A certificate can be conferred as soon as every requirement is met.",
        submit="Lift the hold",
    )


def _managed(request, pk):
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    if not can_decide_award(request.user, enrolment):
        raise PermissionDenied
    return enrolment


def _url(enrolment) -> str:
    return reverse("desk_award", args=[enrolment.pk])
