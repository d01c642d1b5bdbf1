"""Directors and faculty look at a cohort's edition as a trainee sees it who begins today. Nothing is written by looking."""

import re

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from courses.curriculum.enums import ActivityKind
from courses.curriculum.files import serve_asset
from courses.curriculum.queries import asset_of_edition, editions_for_staff, item_of_activity
from courses.enrolment.models import Cohort
from courses.enrolment.queries import cohorts_for
from courses.learning.queries import beginner, item_for, journey_of
from courses.learning.rules import can_look_as_trainee
from courses.learning.slots import lesson_of
from courses.learning.views import item_context, outline_context
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.errors import Refusal

_FORM = re.compile(r'<form(?=[^>]*action="/learn/)')


def _cohort(request, pk: int) -> Cohort:
    require_role(request.user, Role.DIRECTOR, Role.FACULTY)
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    if not can_look_as_trainee(request.user, cohort):
        raise PermissionDenied
    return cohort


@login_required
@require_safe
def outline(request, pk):
    cohort = _cohort(request, pk)
    enrolment = beginner(cohort)
    return _shown(request, cohort, "learning/outline.html", outline_context(enrolment, journey_of(enrolment)))


@login_required
@require_safe
def item(request, pk, slug):
    """A lesson or a module with her outline at its side; what is locked for her is locked here, and says why."""
    cohort = _cohort(request, pk)
    enrolment = beginner(cohort, slug=slug)
    found = item_for(enrolment, slug)
    journey = journey_of(enrolment)
    here = journey.outline.by_slug(slug)
    state = journey.states[here.id]
    if state.is_locked:
        context = {"enrolment": enrolment, "item": found, "reason": state.reason}
        return _shown(request, cohort, "learning/locked.html", context, slug=slug)
    if here.kind not in (ActivityKind.MODULE, ActivityKind.LESSON):
        if not _reads_at_desk(request, cohort):
            raise Refusal("A quiz is taken, not read. Its trainees begin it here.")
        return redirect("desk_edition_item", cohort.edition_id, slug)
    lesson = lesson_of(request, enrolment, found)
    context = item_context(request, journey, found, here, lesson, has_notes=False)
    return _shown(request, cohort, "learning/item.html", context, slug=slug)


def _reads_at_desk(request, cohort: Cohort) -> bool:
    """Faculty of one cohort alone do not read the whole edition at the desk."""
    return editions_for_staff(request.user).filter(pk=cohort.edition_id).exists()


def _shown(request, cohort: Cohort, template: str, context: dict, *, slug: str = "") -> HttpResponse:
    """The learners' own page under a banner. Its links stay in this view, its forms can be seen and not used."""
    about = {"template": template, "cohort": cohort, "slug": slug if _reads_at_desk(request, cohort) else ""}
    html = render_to_string("learning/as_trainee.html", context | about, request)
    html = _FORM.sub("<form inert", html)
    # An outline's own links begin where it stands.
    nobodys, here = reverse("learn_outline", args=[0]), reverse("desk_as_trainee", args=[cohort.pk])
    html = re.sub(rf'(href="(?:{nobodys})?[\w-]+/)(?:quiz|assignment)/"', r'\1"', html)
    return HttpResponse(html.replace(f'"{nobodys}', f'"{here}'))


@login_required
@require_safe
def link(request, pk, key):
    """A link between lessons, followed inside the cohort's edition."""
    cohort = _cohort(request, pk)
    return redirect("desk_as_trainee_item", cohort.pk, item_of_activity(cohort.edition_id, key).slug)


@login_required
@require_safe
def asset(request, pk, sha256, name):
    return serve_asset(request, asset_of_edition(_cohort(request, pk).edition_id, sha256))


@login_required
@require_safe
def choose_cohort(request, pk, slug):
    """From an item of an edition to the same as a trainee of one of its cohorts sees it; straight there if there is one."""
    require_role(request.user, Role.DIRECTOR, Role.FACULTY)
    edition = get_object_or_404(editions_for_staff(request.user), pk=pk)
    if not edition.items.filter(slug=slug).exists():
        raise Http404
    reached = cohorts_for(request.user).filter(edition=edition).order_by("-starts_on", "pk")
    cohorts = [cohort for cohort in reached if can_look_as_trainee(request.user, cohort)]
    if len(cohorts) == 1:
        return redirect("desk_as_trainee_item", cohorts[0].pk, slug)
    return render(request, "learning/choose_cohort.html", {"edition": edition, "cohorts": cohorts, "slug": slug})
