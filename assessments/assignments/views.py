"""An assignment: its trainee's page, and the queue and the page of those who read it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments.assignments.actions import accept_submission, hand_in, return_submission, save_draft
from assessments.assignments.forms import ReturnForm, TextForm
from assessments.assignments.queries import (
    assignment_item,
    decided_for,
    history_of,
    readable_submission,
    submission_at,
    waiting_for,
)
from assessments.enums import SubmissionState
from assessments.queries import READERS, own_enrolment
from courses.curriculum.queries import current_body
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.rules import can_read_edition
from courses.learning.queries import why_locked
from lms.accounts.queries import roles_of
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def assignment(request, enrolment_pk, slug):
    """What is asked, her text with its two buttons, and what was said about it. Her own text stays open in every state."""
    enrolment = own_enrolment(request.user, enrolment_pk)
    item = assignment_item(enrolment, slug)
    body, submission = current_body(item), submission_at(enrolment, item.activity_id)
    is_final = request.POST.get("act") == "send"
    initial = {"text": submission.text if submission else ""}
    form = TextForm(request.POST or None, words_most=body.source["words_most"], is_final=is_final, initial=initial)
    if form.is_valid():
        act = hand_in if is_final else save_draft
        act(enrolment, item, by=request.user, text=form.cleaned_data["text"])
        messages.success(request, "It is handed in." if is_final else "Your draft is saved.")
        return redirect("assignment", enrolment.pk, item.slug)
    is_accepted = submission is not None and submission.state == SubmissionState.ACCEPTED
    locked = "" if is_accepted else why_locked(enrolment, item)
    may_read = can_read_edition(enrolment) and not locked
    is_active = enrolment.state == EnrolmentState.ACTIVE
    context = {
        "enrolment": enrolment,
        "item": item,
        "public_part": body.html if may_read else "",
        "locked": locked,
        "submission": submission,
        "history": history_of(submission) if submission else [],
        "may_write": may_read and is_active and (submission is None or submission.is_editable),
        "is_active": is_active,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    if not may_read and submission is None:
        status = 403  # as a lesson answers; a text of her own she reads nevertheless
    return render(request, "assessments/assignments/assignment.html", context, status=status)


@login_required
@require_safe
def desk_assignments(request):
    """What waits to be read by directors and faculty, the oldest first."""
    _require_reader(request.user)
    return _queue(request, waiting_for(request.user), is_decided=False)


@login_required
@require_safe
def desk_assignments_decided(request):
    """What was accepted, or is back with its trainee, the newest decision first."""
    _require_reader(request.user)
    return _queue(request, decided_for(request.user), is_decided=True)


def _require_reader(user) -> None:
    if not roles_of(user) & set(READERS):
        raise PermissionDenied


def _queue(request, submissions, *, is_decided: bool):
    page = Paginator(submissions, PER_PAGE).get_page(page_number(request))
    tabs = [
        {"label": "Waiting", "url": reverse("desk_assignments"), "current": not is_decided},
        {"label": "Decided", "url": reverse("desk_assignments_decided"), "current": is_decided},
    ]
    context = {"page": page, "tabs": tabs, "is_decided": is_decided}
    return render(request, "assessments/assignments/queue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_assignment(request, pk):
    """Read what was handed in; accept it, or return it with a reason."""
    submission = readable_submission(request.user, pk)
    is_returned = request.POST.get("act") == "return"
    form = ReturnForm(request.POST if is_returned else None)
    if is_returned and form.is_valid():
        return_submission(submission, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"Returned to {submission.enrolment.person}.")
        return redirect("desk_assignments")
    if request.POST.get("act") == "accept":
        accept_submission(submission, by=request.user)
        messages.success(request, f"The assignment of {submission.enrolment.person} is accepted.")
        return redirect("desk_assignments")
    history = history_of(submission)
    context = {
        "submission": submission,
        "public_part": submission.body.html,
        "handed_in": next(move for move in history if move.new == SubmissionState.SUBMITTED),
        "history": history,
        "is_waiting": submission.state == SubmissionState.SUBMITTED,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/assignments/detail.html", context, status=status)
