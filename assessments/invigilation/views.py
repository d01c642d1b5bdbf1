"""The desk of whoever watches over quizzes: attempts under way, one attempt with its history, and accommodations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import touch
from assessments.actions.accommodations import end_accommodation, grant_accommodation
from assessments.events.views import log_of
from assessments.invigilation.actions import annul_attempt, annul_for_cohort, give_time, give_time_to_cohort
from assessments.invigilation.forms import AccommodationForm, AnnulForm, CohortForm, EndForm, GiveTimeForm
from assessments.invigilation.queries import attempt_to_act_on, cohort_to_invigilate, history_of, quizzes_now
from assessments.queries import accommodations_for, accommodations_of
from assessments.rules import can_accommodate
from courses.enrolment.queries import enrolment_for
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_attempt(request, pk):
    """One attempt: where it stands, what was done to it, and the two things that staff can do."""
    attempt = touch(attempt_to_act_on(request.user, pk))
    act = request.POST.get("act")
    time_form = GiveTimeForm(request.POST if act == "time" else None)
    annul_form = AnnulForm(request.POST if act == "annul" else None, prefix="annul")
    if act == "time" and time_form.is_valid():
        give_time(attempt, by=request.user, **time_form.cleaned_data)
        messages.success(
            request, f"{time_form.cleaned_data['minutes']} minutes are given back to {attempt.enrolment.person}."
        )
        return redirect("desk_attempt", pk)
    if act == "annul" and annul_form.is_valid():
        annul_attempt(attempt, by=request.user, reason=annul_form.cleaned_data["reason"])
        messages.success(request, "The attempt is annulled, and does not count.")
        return redirect("desk_attempt", pk)
    page, lines = log_of(request, attempt)
    context = {
        "attempt": attempt,
        "page": page,
        "lines": lines,
        "history": [_event(move) for move in history_of(attempt)],
        "time_form": time_form,
        "annul_form": annul_form,
        "may_annul": not attempt.is_annulled and not attempt.passed,
    }
    return render(request, "assessments/invigilation/attempt.html", context, status=422 if act else 200)


def _event(move) -> dict:
    title = move.get_new_display() if move.old != move.new else "Given time"
    return {"title": title, "when": move.at, "by": move.by or "the site", "body": move.why}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cohort_quizzes(request, pk):
    """Who of a cohort sits which quiz now; time and annulment for all of them at once."""
    cohort = cohort_to_invigilate(request.user, pk)
    quizzes = quizzes_now(cohort, request.user)
    act, chosen = request.POST.get("act"), CohortForm(request.POST or None)
    activity = chosen.cleaned_data["activity"] if chosen.is_bound and chosen.is_valid() else None
    time_form = GiveTimeForm(request.POST if act == "time" else None)
    annul_form = AnnulForm(request.POST if act == "annul" else None, prefix="annul")
    if activity and act == "time" and time_form.is_valid():
        count = give_time_to_cohort(cohort, activity, by=request.user, **time_form.cleaned_data)
        messages.success(request, f"Time is given back to {_people(count)}.")
        return redirect("cohort_quizzes", pk)
    if activity and act == "annul" and annul_form.is_valid():
        count = annul_for_cohort(cohort, activity, by=request.user, reason=annul_form.cleaned_data["reason"])
        messages.success(request, f"The attempts of {_people(count)} are annulled, and do not count.")
        return redirect("cohort_quizzes", pk)
    context = {
        "cohort": cohort,
        "quizzes": [(quiz, *_forms_of(quiz, activity, time_form, annul_form)) for quiz in quizzes],
    }
    return render(request, "assessments/invigilation/cohort.html", context, status=422 if act else 200)


def _forms_of(quiz, activity, time_form, annul_form) -> tuple:
    """Each quiz has its own two forms; what was refused comes back in the forms of the quiz it was sent for."""
    place = {"auto_id": f"quiz{quiz.activity}_%s"}
    if quiz.activity != activity:
        return GiveTimeForm(**place), AnnulForm(prefix="annul", **place)
    time_form.auto_id = annul_form.auto_id = place["auto_id"]
    return time_form, annul_form


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


@login_required
@require_safe
def desk_accommodations(request):
    """For whom something was agreed, in the programs that she directs; never why."""
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(accommodations_for(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "assessments/invigilation/accommodations.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def enrolment_accommodation(request, pk):
    """What was agreed with one person for one program: grant, end, and everything that ever was."""
    enrolment = enrolment_for(request.user, pk)
    if not can_accommodate(request.user, enrolment):
        raise PermissionDenied
    act = request.POST.get("act")
    rows = list(accommodations_of(enrolment))
    current = next((row for row in rows if row.ended_at is None), None)
    form = AccommodationForm(request.POST if act == "grant" else None)
    end_form = EndForm(request.POST if act == "end" else None, prefix="end")
    if act == "grant" and form.is_valid():
        said = form.cleaned_data
        extra_days = said["extra_days"] or 0
        grant_accommodation(enrolment, form.allowance, extra_days=extra_days, by=request.user, reason=said["reason"])
        messages.success(
            request, f"It is granted to {enrolment.person} and holds for every quiz she starts from now on."
        )
        return redirect("enrolment_accommodation", pk)
    if act == "end" and end_form.is_valid():
        end_accommodation(enrolment, by=request.user, reason=end_form.cleaned_data["reason"])
        messages.success(request, "It has ended. An open attempt keeps the time it was started with.")
        return redirect("enrolment_accommodation", pk)
    context = {
        "enrolment": enrolment,
        "current": current,
        "earlier": [row for row in rows if row is not current],
        "form": form,
        "end_form": end_form,
    }
    return render(request, "assessments/invigilation/accommodation.html", context, status=422 if act else 200)
