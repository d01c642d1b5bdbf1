"""Lapses found later, on the desk: recording one, reading what it concerns, deciding."""

from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.registry import awards_of
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from lms.web.templatetags.ui import minutes
from supervision.actions.lapse import annul_lapse, decide_cases, record_lapse
from supervision.actions.supervisor import supervisor_of
from supervision.enums import LapseDecision
from supervision.forms.lapse import AnnulLapseForm, LapseDecisionForm, LapseForm
from supervision.queries.lapse import (
    approved_by,
    cases_for_desk,
    confirmed_by,
    entries_of,
    for_lapse_list,
    lapses_for_desk,
    other_signers,
    readable_sessions,
    sessions_of,
)
from supervision.queries.practice import logs_for_user
from supervision.queries.supervisor import supervisors_for_desk

PER_PAGE = 25


@login_required
@require_safe
def desk_lapses(request):
    require_role(request.user, Role.DIRECTOR)
    lapses = for_lapse_list(lapses_for_desk(request.user), request.user)
    page = Paginator(lapses, PER_PAGE).get_page(page_number(request))
    return render(request, "supervision/desk_lapses.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_lapse_new(request, pk):
    """First the form, then the same form with a list of what falls under review, then the act."""
    require_role(request.user, Role.DIRECTOR)
    supervisor = get_object_or_404(supervisors_for_desk(request.user), pk=pk)
    if supervisor.person_id == request.user.pk:
        raise PermissionDenied
    form, concerned = LapseForm(request.POST or None), None
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("kind", "began_on", "ended_on", "source")}
        span = {"since": words["began_on"], "until": words["ended_on"]}
        found, sat = approved_by(supervisor, **span), confirmed_by(supervisor, **span)
        count, concerned = found.count() + sat.count(), _concerned(found, sat, request.user)
        if form.cleaned_data["shown"] == count:
            require_fresh_password(request)
            try:
                lapse = record_lapse(supervisor, by=request.user, **words)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, "Recorded. Everybody concerned is told.")
                return redirect("desk_lapse", lapse.pk)
        form.data = form.data.copy()
        form.data["shown"] = count
    context = {"form": form, "supervisor": supervisor, "concerned": concerned}
    return render(request, "supervision/desk_lapse_new.html", context, status=422 if form.errors else 200)


def _concerned(logs, attendances, user) -> dict:
    """What falls under review: by trainee whom this director may read of, and how much there is of others."""
    rows = logs_for_user(user).filter(pk__in=logs.values("pk"))
    entries, other_entries = _by_name(logs, rows, "enrolment__person__display_name", "minutes")
    rows = readable_sessions(attendances, user)
    sessions, other_sessions = _by_name(attendances, rows, "enrolment__person__display_name", "session__minutes")
    names = sorted({*entries, *sessions})
    others = _summed([0] * other_entries, [0] * other_sessions, with_minutes=False)
    return {
        "rows": [f"{name}: {_summed(entries[name], sessions[name])}" for name in names],
        "others": others,
        "count": len(names) + other_entries + other_sessions,
    }


def _by_name(found, readable, name: str, length: str) -> tuple[dict[str, list[int]], int]:
    """The minutes of what this director may read, by the trainee's name; and how many others there are."""
    pks, lengths, others = set(readable.values_list("pk", flat=True)), defaultdict(list), 0
    for pk, whose, number in found.order_by("pk").values_list("pk", name, length):
        if pk in pks:
            lengths[whose].append(number)
        else:
            others += 1
    return lengths, others


def _summed(entries, sessions, *, with_minutes=True) -> str:
    """How many of each, and how long they are, in words; empty for none."""
    words = []
    for lengths, one, many in ((entries, "entry", "entries"), (sessions, "session", "sessions")):
        if lengths:
            number = f"1 {one}" if len(lengths) == 1 else f"{len(lengths)} {many}"
            words.append(f"{number}, {minutes(sum(lengths))}" if with_minutes else number)
    return " and ".join(words)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_lapse(request, pk):
    """What is under review because of a lapse, listed for each trainee within reach, and the decision about it."""
    require_role(request.user, Role.DIRECTOR)
    lapse = get_object_or_404(lapses_for_desk(request.user), pk=pk)
    cases = list(cases_for_desk(request.user).filter(lapse=lapse).order_by("trainee__display_name", "pk"))
    entries, sessions = entries_of(cases), sessions_of(cases)
    awards = awards_of([case.enrolment for case in cases])
    rows = [_row(case, entries[case.pk], sessions[case.pk], awards.get(case.enrolment_id, "")) for case in cases]
    form = LapseDecisionForm(
        request.POST or None,
        offered=[(row["case"].pk, row["words"]) for row in rows if not row["case"].decision],
        signers=other_signers(lapse.supervisor),
    )
    if form.is_valid():
        require_fresh_password(request)
        try:
            decided = _decide(lapse, request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            words = "1 trainee" if len(decided) == 1 else f"{len(decided)} trainees"
            messages.success(request, f"Decided for {words}. They are told.")
            return redirect("desk_lapse", pk)
    context = {
        "lapse": lapse,
        "form": form,
        "undecided": [row for row in rows if not row["case"].decision],
        "decided": [row for row in rows if row["case"].decision],
        "others": lapse.cases.exclude(pk__in=[case.pk for case in cases]).count(),
    }
    return render(request, "supervision/desk_lapse.html", context, status=422 if form.is_bound else 200)


def _row(case, logs, attendances, award) -> dict:
    sessions = [one.session for one in attendances]
    total = _summed([log.minutes for log in logs], [session.minutes for session in sessions])
    return {
        "case": case,
        "logs": logs,
        "sessions": sessions,
        "award": award,
        "total": total,
        "words": f"{case.enrolment.person}: {total}",
    }


def _decide(lapse, by, *, cases, decision, to, reason):
    with transaction.atomic():  # a refusal takes the row made for the signer back
        signer = supervisor_of(to, by=by) if to and decision == LapseDecision.AGAIN else None
        return decide_cases(lapse, cases, decision=decision, reason=reason, by=by, to=signer)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_lapse_annul(request, pk):
    """Taking a lapse back that was recorded in error."""
    require_role(request.user, Role.DIRECTOR)
    lapse = get_object_or_404(lapses_for_desk(request.user).filter(annulled_at=None), pk=pk)
    form = AnnulLapseForm(request.POST or None)
    if form.is_valid():
        require_fresh_password(request)
        try:
            annul_lapse(lapse, reason=form.cleaned_data["reason"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Taken back. What was under review because of it counts again.")
            return redirect("desk_lapse", pk)
    return render(
        request,
        "supervision/desk_lapse_annul.html",
        {"form": form, "lapse": lapse},
        status=422 if form.is_bound else 200,
    )
