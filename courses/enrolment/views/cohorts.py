from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.curriculum.changes import compare_editions, in_words
from courses.enrolment.actions import adopt_edition, assign_faculty, create_cohort, delay_cohort, enrol
from courses.enrolment.forms import (
    CAUSES_OF_COHORT,
    AdjustForm,
    AdoptForm,
    CohortForm,
    ConfirmForm,
    EnrolForm,
    FacultyForm,
)
from courses.enrolment.queries import (
    READING_ROLES,
    cohorts_for,
    cohorts_with_counts,
    desk_enrolments_for,
    directed_programs,
    faculty_of,
    later_editions,
    seats_taken,
)
from courses.enrolment.registry import cohort_links_for, progress_of
from courses.enrolment.rules import can_manage_cohort
from courses.enrolment.views.pages import form_page, sent
from lms.accounts.actions import end_role
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

COHORTS_PER_PAGE = 25
ENROLMENTS_PER_PAGE = 50
CHOICES_SHOWN = 5


@login_required
@require_safe
def cohort_list(request):
    require_role(request.user, *READING_ROLES)
    page = Paginator(cohorts_with_counts(request.user), COHORTS_PER_PAGE).get_page(page_number(request))
    may_create = directed_programs(request.user).exists()
    return render(request, "enrolment/cohort_list.html", {"page": page, "may_create": may_create})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_new(request):
    programs = directed_programs(request.user)
    require_role(request.user, Role.DIRECTOR)
    form = CohortForm(sent(request), programs=programs)

    def act(edition, **fields):
        create_cohort(edition.program, edition=edition, by=request.user, **fields)

    return form_page(
        request,
        form,
        act=act,
        done="The cohort is open. Enrol its first trainee.",
        to=reverse("desk_cohorts"),
        title="Open a cohort",
        lead="Whoever is enrolled in it is pinned to this edition and this version of the standard.",
        submit="Open the cohort",
    )


@login_required
@require_safe
def cohort_detail(request, pk):
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    enrolments = desk_enrolments_for(request.user).filter(cohort=cohort).order_by("person__display_name", "pk")
    page = Paginator(enrolments, ENROLMENTS_PER_PAGE).get_page(page_number(request))
    progress = progress_of(page.object_list)
    context = {
        "cohort": cohort,
        "page": page,
        "rows": [(enrolment, progress.get(enrolment.pk, "")) for enrolment in page.object_list],
        "taken": seats_taken(cohort),
        "faculty": faculty_of(cohort),
        "may_manage": can_manage_cohort(request.user, cohort),
        "has_later_edition": later_editions(cohort).exists(),
        "links": cohort_links_for(request.user, cohort),
    }
    return render(request, "enrolment/cohort_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_enrol(request, pk):
    cohort = _managed(request, pk)

    def act(person, track, discipline):
        enrol(person, cohort=cohort, by=request.user, track=track, discipline=discipline)

    return form_page(
        request,
        EnrolForm(sent(request)),
        act=act,
        done="Enrolled. A notice is on its way.",
        to=_url(cohort),
        title=f"Enrol in {cohort}",
        lead=f"{seats_taken(cohort)} of {cohort.seats} seats are taken.",
        submit="Enrol this person",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_faculty(request, pk):
    cohort = _managed(request, pk)
    return form_page(
        request,
        FacultyForm(sent(request)),
        act=lambda person: assign_faculty(person, cohort=cohort, by=request.user),
        done="Added. The cohort and its trainees are open to this person now.",
        to=_url(cohort),
        title=f"Add faculty to {cohort}",
        lead="Faculty see the trainees of their cohorts, and nobody else's.",
        submit="Add to the faculty",
        asks_password=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_faculty_end(request, pk, grant):
    cohort = _managed(request, pk)
    grant = get_object_or_404(faculty_of(cohort), pk=grant)
    return form_page(
        request,
        ConfirmForm(sent(request)),
        act=lambda: end_role(grant, by=request.user, reason="No longer teaches the cohort"),
        done=f"{grant.person} no longer teaches {cohort}.",
        to=_url(cohort),
        title=f"End the teaching of {grant.person}?",
        lead=f"From the next click on, {grant.person} no longer sees {cohort} and its trainees.",
        submit="End it",
        asks_password=True,
        danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_adopt(request, pk):
    cohort = _managed(request, pk)
    editions = later_editions(cohort)
    return form_page(
        request,
        AdoptForm(sent(request), editions=editions, on=timezone.localdate(timezone=ZoneInfo(cohort.time_zone))),
        act=lambda edition, reason: adopt_edition(cohort, edition, by=request.user, reason=reason),
        done="The cohort follows the later edition.",
        to=_url(cohort),
        title=f"Adopt a later edition for {cohort}",
        lead="Active enrolments move to it and are told. Paused and finished ones keep theirs. What was completed stays.",
        submit="Adopt this edition",
        template="enrolment/adopt.html",
        more={"cohort": cohort, "choices": [_change(cohort, edition) for edition in editions[:CHOICES_SHOWN]]},
    )


def _change(cohort, edition) -> dict:
    """What adopting an edition would change for the cohort's readers."""
    return {"edition": edition, "sections": in_words(compare_editions(cohort.edition, edition))}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_deadlines(request, pk):
    cohort = _managed(request, pk)
    return form_page(
        request,
        AdjustForm(sent(request), causes=CAUSES_OF_COHORT),
        act=lambda **fields: delay_cohort(cohort, by=request.user, **fields),
        done="The deadlines of the cohort have moved, and everybody is told.",
        to=_url(cohort),
        title=f"Move the deadlines of {cohort}",
        lead="For everybody of the cohort. It is added to what single people were given.",
        submit="Move the deadlines",
    )


def _managed(request, pk):
    """404 for whoever does not see the cohort, 403 for whoever sees it and does not direct it."""
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    if not can_manage_cohort(request.user, cohort):
        raise PermissionDenied
    return cohort


def _url(cohort) -> str:
    return reverse("desk_cohort", args=[cohort.pk])
