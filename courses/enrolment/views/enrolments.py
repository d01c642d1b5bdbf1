from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.actions import adjust_enrolment, move_enrolment
from courses.enrolment.enums import MOVES, TONES, EnrolmentState
from courses.enrolment.forms import CAUSES_OF_ONE, AdjustForm, MoveForm
from courses.enrolment.queries import adjustments_of, desk_enrolments_for, finish_by
from courses.enrolment.registry import links_for
from courses.enrolment.rules import can_manage_enrolment, can_see_reasons
from courses.enrolment.views.pages import form_page, sent
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day


@login_required
@require_safe
def enrolment_detail(request, pk):
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    sees_reasons = can_see_reasons(request.user, enrolment)
    context = {
        "enrolment": enrolment,
        "tone": TONES[enrolment.state],
        "facts": _facts(enrolment),
        "history": _history(enrolment, sees_reasons),
        "adjustments": adjustments_of(enrolment) if sees_reasons else [],
        "links": links_for(request.user, enrolment),
        "may_manage": can_manage_enrolment(request.user, enrolment),
        "may_move": bool(MOVES[EnrolmentState(enrolment.state)]),
    }
    return render(request, "enrolment/enrolment_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_move(request, pk):
    enrolment = _managed(request, pk)
    return form_page(
        request,
        MoveForm(sent(request), state=enrolment.state),
        act=lambda new, reason: move_enrolment(enrolment, new, by=request.user, reason=reason),
        done="The enrolment has changed, and a notice is on its way.",
        to=_url(enrolment),
        title=f"Change the enrolment of {enrolment.person}",
        lead=f"It is {enrolment.get_state_display().lower()} now. Completed and withdrawn are final. "
        "Whatever the state, the person keeps reading their own log, standing and records.",
        submit="Change the enrolment",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_deadlines(request, pk):
    enrolment = _managed(request, pk)
    return form_page(
        request,
        AdjustForm(sent(request), causes=CAUSES_OF_ONE),
        act=lambda **fields: adjust_enrolment(enrolment, by=request.user, **fields),
        done="The deadlines have moved, and a notice is on its way.",
        to=_url(enrolment),
        title=f"Move the deadlines of {enrolment.person}",
        lead="The person is told of the days, not of the cause.",
        submit="Move the deadlines",
    )


def _managed(request, pk):
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    if not can_manage_enrolment(request.user, enrolment):
        raise PermissionDenied
    return enrolment


def _url(enrolment) -> str:
    return reverse("desk_enrolment", args=[enrolment.pk])


def _facts(enrolment) -> list[dict]:
    due = finish_by(enrolment)
    return [
        {"label": "Program", "value": enrolment.program.title},
        {"label": "Cohort", "value": enrolment.cohort.name, "url": reverse("desk_cohort", args=[enrolment.cohort_id])},
        {"label": "Edition", "value": enrolment.edition.number},
        {"label": "Standard", "value": str(enrolment.standard_version)},
        {"label": "Track", "value": enrolment.get_track_display()},
        {"label": "Discipline", "value": enrolment.discipline or "not given"},
        {"label": "Enrolled", "value": day(enrolment.enrolled_on)},
        {"label": "Finish by", "value": day(due) or "no date set"},
    ]


def _history(enrolment, sees_reasons: bool) -> list[dict]:
    moves = enrolment.moves.select_related("by").order_by("-id")
    return [
        {
            "title": move.get_new_display() if move.old else "Enrolled",
            "when": move.at,
            "by": str(move.by) if move.by else "",
            "body": move.reason if sees_reasons else "",
            "kind": TONES[move.new],
        }
        for move in moves
    ]
