"""The log of an attempt for its trainee, and the address to which her browser tells what the server cannot see."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from assessments.events.actions import note_reports
from assessments.events.forms import ReportForm
from assessments.events.queries import devices_of, events_of
from assessments.events.timeline import lines_of
from assessments.models import Attempt
from assessments.queries import own_attempt
from lms.web.limits import is_within_limit
from lms.web.paging import page_number

PER_PAGE = 100
REPORTS_A_MINUTE = 20


def log_of(request, attempt: Attempt) -> tuple[Page, list]:
    """One page of what was noted, and its lines."""
    page = Paginator(events_of(attempt), PER_PAGE).get_page(page_number(request))
    return page, lines_of(page.object_list, devices_of(attempt))


@login_required
@require_safe
def quiz_log(request, pk):
    """She reads of her own attempt whatever anybody may read of it."""
    attempt = own_attempt(request.user, pk)
    page, lines = log_of(request, attempt)
    return render(request, "assessments/events/log.html", {"attempt": attempt, "page": page, "lines": lines})


@login_required
@require_POST
def quiz_reports(request, pk):
    """Takes a few reports at a time and says nothing. Apart from every answer, so that none waits for it or fails with it.

    Not once per form: the same report twice is two lines of a log, and decides nothing.
    """
    attempt, form = own_attempt(request.user, pk), ReportForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    if not is_within_limit(request, "quiz-reports", per_minute=REPORTS_A_MINUTE, whose=str(request.user.pk)):
        return HttpResponse(status=429)
    if attempt.is_open:
        slot = form.cleaned_data["slot"]
        note_reports(attempt, form.cleaned_data["told"], slot=slot, session=request.session.session_key)
    return HttpResponse(status=204)
