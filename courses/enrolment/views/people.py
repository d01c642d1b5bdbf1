"""Roles and barriers: for directors of the whole institute."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.forms import BarrierForm, ConfirmForm, EndRoleForm, RoleForm
from courses.enrolment.queries import barriers_for, open_grants, places_of
from courses.enrolment.rules import can_manage_people
from courses.enrolment.views.pages import form_page, sent
from lms.accounts.actions import end_barrier, end_role, grant_role, raise_barrier
from lms.accounts.enums import Role
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 50


@login_required
@require_safe
def role_list(request):
    _check(request)
    page = Paginator(open_grants(), PER_PAGE).get_page(page_number(request))
    places = places_of(page.object_list)
    rows = [(grant, places[grant.pk]) for grant in page.object_list]
    return render(request, "enrolment/role_list.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def role_new(request):
    _check(request)
    return form_page(
        request,
        RoleForm(sent(request)),
        act=lambda person, role, reason: grant_role(person, Role(role), by=request.user, reason=reason),
        done="The role holds from now on.",
        to=reverse("desk_roles"),
        title="Give a role",
        lead="For the whole institute. Faculty of a single cohort are added on the cohort's page.",
        submit="Give the role",
        asks_password=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def role_end(request, pk):
    _check(request)
    grant = get_object_or_404(open_grants(), pk=pk)
    role = grant.get_role_display().lower()
    return form_page(
        request,
        EndRoleForm(sent(request)),
        act=lambda reason: end_role(grant, by=request.user, reason=reason),
        done=f"{grant.person} is no longer {role}.",
        to=reverse("desk_roles"),
        title=f"End the role of {grant.person}?",
        lead=f"{grant.person} stops being {role} with the next click. What was signed in this role stays signed.",
        submit="End the role",
        asks_password=True,
        danger=True,
    )


@login_required
@require_safe
def barrier_list(request):
    _check(request)
    page = Paginator(barriers_for(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "enrolment/barrier_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def barrier_new(request):
    _check(request)
    return form_page(
        request,
        BarrierForm(sent(request)),
        act=lambda one, other, reason: raise_barrier(one, other, by=request.user, reason=reason),
        done="The two are kept apart from now on.",
        to=reverse("desk_barriers"),
        title="Raise a barrier",
        lead="Neither can see, assign, grade or sign for the other until it is ended. Nobody is told.",
        submit="Raise the barrier",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def barrier_end(request, pk):
    _check(request)
    barrier = get_object_or_404(barriers_for(request.user), pk=pk)
    return form_page(
        request,
        ConfirmForm(sent(request)),
        act=lambda: end_barrier(barrier, by=request.user),
        done="The barrier has ended.",
        to=reverse("desk_barriers"),
        title=f"End the barrier between {barrier.low} and {barrier.high}?",
        lead="They can be assigned to each other again.",
        submit="End the barrier",
        danger=True,
    )


def _check(request) -> None:
    if not can_manage_people(request.user):
        raise PermissionDenied
