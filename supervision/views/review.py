"""The supervisor's queue and the signature."""

from collections import defaultdict
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.addresses import address_of
from lms.web.idempotency import once_per_form
from lms.web.paging import CountedRows, page_number
from lms.web.templatetags.ui import day, minutes
from supervision.actions.declaration import declare_words
from supervision.actions.review import approve_log, approve_logs, return_log
from supervision.enums import SENT, Decision, LogState, PracticeRole
from supervision.forms.queue import ROWS, ApproveManyForm, ChosenForm, QueueForm
from supervision.forms.review import SignedDecisionForm
from supervision.queries.placement import categories_by_version
from supervision.queries.practice import label_of, labels_of, logs_for_user, logs_to_review
from supervision.queries.queue import logs_reviewed_by, offered_by, queue_of
from supervision.queries.review import content_hash, signed_content
from supervision.rules.turnaround import DAYS_USUAL, days_waiting, is_overdue
from supervision.views.entry import entry_context, flags_in_words

NOTHING_LEFT = "None of these entries waits for your decision any more."


@login_required
@require_safe
def review_queue(request):
    require_role(request.user, Role.SUPERVISOR)
    offered = offered_by(request.user)
    form = QueueForm(request.GET, offered=offered)
    rows = CountedRows(offered.number(**form.wanted), queue_of(request.user, **form.wanted))
    page = Paginator(rows, form.per_page).get_page(page_number(request))
    categories, now = categories_by_version(log.standard_version for log in page), timezone.now()
    context = {
        "page": page,
        "form": form,
        "query": urlencode(form.wanted | ({"rows": form.per_page} if form.per_page != ROWS[0] else {})),
        "is_narrowed": bool(form.wanted),
        "ticked": form.cleaned_data.get("ticked"),
        "rows": [_line(log, categories[log.standard_version], now) for log in page],
        "usual": DAYS_USUAL,
    }
    return render(request, "supervision/review_queue.html", context)


def _line(log, categories, now) -> dict:
    """One line of the queue, in words: a template that asks for each of them costs more than the rest of the page."""
    flags = f" · {_counted(len(log.flags), 'flag')}" if log.flags else ""
    return {
        "pk": str(log.pk),
        "url": address_of("review_entry", log.pk),
        "on": day(log.on),
        "trainee": log.trainee,
        "category": label_of(log.category_key, categories),
        "about": f"{PracticeRole(log.role).label}{flags}",
        "site": log.site,
        "length": minutes(log.minutes),
        "waits": _days(days_waiting(log.submitted_at, now)),
        "is_overdue": is_overdue(log.submitted_at, now),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_approve(request):
    """The entries that were ticked in the queue, listed as they will be signed, and their approval."""
    require_role(request.user, Role.SUPERVISOR)
    form = ApproveManyForm(request.POST or None)
    if form.is_valid():
        try:
            return _approve_many(request, form.cleaned_data["seen"], form.cleaned_data["meaning"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    chosen = ChosenForm(request.GET)
    ticked = set(chosen.cleaned_data["log"]) if chosen.is_valid() else set()
    logs = list(logs_to_review(request.user).filter(pk__in=ticked)) if ticked else []
    if request.method != "POST" and not logs:
        messages.error(request, chosen.errors["log"][0] if chosen.errors else NOTHING_LEFT)
        return redirect("review_queue")
    labels, gone = labels_of(logs), len(ticked) - len(logs)
    context = {
        "form": form,
        "rows": [
            {
                "log": log,
                "category": labels[log.pk],
                "segments": log.segments.all(),
                "flags": flags_in_words(log),
                "seen": f"{log.pk}:{content_hash(signed_content(log))}",
            }
            for log in logs
        ],
        "minutes": sum(log.minutes for log in logs),
        "count": _entries(len(logs)),
        "button": f"Approve and sign {_entries(len(logs))}",
        "gone": f"Not listed: {_entries(gone)} that you ticked and that no longer wait{'s' * (gone == 1)} for you."
        if gone
        else "",
    }
    return render(request, "supervision/review_approve.html", context, status=422 if form.is_bound else 200)


def _approve_many(request, seen, meaning):
    hers = set(logs_reviewed_by(request.user).filter(pk__in=seen).values_list("pk", flat=True))
    if not hers:
        raise Refusal(NOTHING_LEFT)
    require_fresh_password(request)
    done = approve_logs({pk: seen[pk] for pk in hers}, by=request.user, meaning=meaning)
    if done.approved:
        total = minutes(sum(log.minutes for log in done.approved))
        messages.success(request, f"Approved and signed: {_entries(len(done.approved))}, {total}.")
    for reason, names in _named_by_reason(done.refused).items():
        messages.warning(request, f"Not signed: {'; '.join(names)}. {reason}")
    if gone := len(seen) - len(hers):
        messages.warning(request, f"Not signed: {_entries(gone)} no longer yours to decide about.")
    return redirect("review_queue")


def _named_by_reason(refused) -> dict[str, list[str]]:
    """What was not signed. Of an entry that its trainee took back, nothing but the writer is named."""
    found = defaultdict(list)
    for log, refusal in refused:
        about = f"visit of {day(log.on)}" if log.state in SENT else "an entry"
        found[refusal.message].append(f"{about}, {log.enrolment.person}")
    return found


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _days(number: int) -> str:
    if number == 0:
        return "since today"
    return "1 day" if number == 1 else f"{number} days"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_entry(request, pk):
    require_role(request.user, Role.SUPERVISOR)
    log = get_object_or_404(logs_for_user(request.user).filter(pk=pk))
    if log.reviewing_id != request.user.pk:
        raise Http404
    if request.method != "POST" and log.state != LogState.SUBMITTED:
        return redirect("practice_detail", pk)
    form = SignedDecisionForm(request.POST or None)
    if form.is_valid():
        try:
            return _decide(request, log, **form.cleaned_data, declared=form.declared)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            log = get_object_or_404(logs_for_user(request.user), pk=pk)
    queue = logs_to_review(request.user)
    context = entry_context(log) | {
        "form": form,
        "seen": content_hash(signed_content(log)),
        "is_waiting": log.state == LogState.SUBMITTED,
        "left": queue.count(),
    }
    return render(request, "supervision/review_entry.html", context, status=422 if form.is_bound else 200)


def _decide(request, log, *, decision, meaning, reason, seen, declared):
    require_fresh_password(request)
    if decision == Decision.APPROVED:
        approve_log(log, by=request.user, meaning=meaning, seen=seen)
        messages.success(request, f"Approved and signed: {log}, {log.enrolment.person}.")
    else:
        return_log(log, by=request.user, meaning=meaning, seen=seen, reason=reason)
        declare_words(log, declared, by=request.user)
        messages.success(request, f"Returned to {log.enrolment.person}, who reads your reason first.")
    return _next_in_queue(request.user)


def _next_in_queue(user):
    """Straight to the next entry; the queue itself when nothing is left."""
    waiting = logs_to_review(user).values_list("pk", flat=True).first()
    return redirect("review_entry", waiting) if waiting else redirect("review_queue")
