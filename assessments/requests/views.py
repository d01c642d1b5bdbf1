"""Asking for another attempt, and the pages of those who decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import FeedbackPart, FeedbackWhen
from assessments.queries import READERS, attempts_at, own_enrolment, quiz_item, quiz_of_body
from assessments.requests.actions import ask_for_attempt, decline_attempt, grant_attempt
from assessments.requests.forms import AskForm, DeclineForm, GrantForm
from assessments.requests.queries import decided_for, request_to_read, requests_at, waiting_for
from assessments.views import intro_page
from courses.curriculum.queries import current_body_id
from lms.accounts.queries import roles_of
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


@login_required
@require_POST
@once_per_form
def quiz_ask(request, enrolment_pk, slug):
    enrolment = own_enrolment(request.user, enrolment_pk)
    item, form = quiz_item(enrolment, slug), AskForm(request.POST)
    if not form.is_valid():
        return intro_page(request, enrolment_pk, slug, ask_form=form)
    ask_for_attempt(enrolment, item, by=request.user, **form.cleaned_data)
    messages.success(request, "Your faculty is asked. Where it stands, you read here.")
    return redirect("quiz_intro", enrolment_pk, slug)


@login_required
@require_safe
def desk_requests(request):
    """What waits to be decided by directors and faculty, the oldest first."""
    _require_reader(request.user)
    return _queue(request, waiting_for(request.user), is_decided=False)


@login_required
@require_safe
def desk_requests_decided(request):
    """What was granted or declined, the newest decision first."""
    _require_reader(request.user)
    return _queue(request, decided_for(request.user), is_decided=True)


def _require_reader(user) -> None:
    if not roles_of(user) & set(READERS):
        raise PermissionDenied


def _queue(request, rows, *, is_decided: bool):
    page = Paginator(rows, PER_PAGE).get_page(page_number(request))
    tabs = [
        {"label": "Waiting", "url": reverse("desk_requests"), "current": not is_decided},
        {"label": "Decided", "url": reverse("desk_requests_decided"), "current": is_decided},
    ]
    return render(request, "assessments/requests/queue.html", {"page": page, "tabs": tabs, "is_decided": is_decided})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_request(request, pk):
    """Read what was asked beside her attempts; grant one more attempt, or decline with a reason."""
    asked = request_to_read(request.user, pk)
    act = request.POST.get("act")
    grant_form = GrantForm(request.POST if act == "grant" else None)
    decline_form = DeclineForm(request.POST if act == "decline" else None, prefix="decline")
    if act == "grant" and grant_form.is_valid():
        grant_attempt(asked, by=request.user, **grant_form.cleaned_data)
        messages.success(request, f"{asked.enrolment.person} has one more attempt.")
        return redirect("desk_requests")
    if act == "decline" and decline_form.is_valid():
        decline_attempt(asked, by=request.user, answer=decline_form.cleaned_data["answer"])
        messages.success(request, f"Declined. {asked.enrolment.person} reads why.")
        return redirect("desk_requests")
    quiz = quiz_of_body(current_body_id(asked.item))
    context = {
        "asked": asked,
        "attempts": attempts_at(asked.enrolment, asked.activity_id),
        "earlier": [one for one in requests_at(asked.enrolment, asked.activity_id) if one.pk < asked.pk],
        "quiz": quiz,
        "knows_key": quiz.feedback.when[FeedbackPart.KEY] in (FeedbackWhen.AT_ONCE, FeedbackWhen.FINISHED),
        "is_over": quiz.closes_at is not None and quiz.closes_at < timezone.now(),
        "grant_form": grant_form,
        "decline_form": decline_form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/requests/detail.html", context, status=status)
