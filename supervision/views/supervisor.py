"""Supervisors on the desk: who signs, recording somebody without an account, and verifying address and licence."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.standards.enums import Qualification
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from lms.web.templatetags.ui import day, moment
from supervision.actions.supervisor import (
    correct_address,
    record_qualification,
    record_supervisor,
    stop_supervisor,
    verify_supervisor,
)
from supervision.enums import MAY_SIGN
from supervision.forms.supervisor import AddressForm, QualificationForm, RecordSupervisorForm, StopForm, VerifyForm
from supervision.queries.supervisor import (
    for_desk_list,
    history_of_supervisor,
    placements_under,
    supervisors_for_desk,
)
from supervision.signing.actions import resend_link
from supervision.signing.queries import links_of, questioned_entries

PER_PAGE = 25
LINKS_SHOWN = 10


@login_required
@require_safe
def desk_supervisors(request):
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(for_desk_list(supervisors_for_desk(request.user)), PER_PAGE).get_page(page_number(request))
    return render(request, "supervision/desk_supervisors.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_supervisor_new(request):
    require_role(request.user, Role.DIRECTOR)
    form = RecordSupervisorForm(request.POST or None)
    if form.is_valid():
        try:
            supervisor = _record(request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{supervisor} is on record. Verify address and licence next.")
            return redirect("desk_supervisor", supervisor.pk)
    title = "Record a supervisor without an account"
    return _form(request, form, title=title, submit="Record", back="desk_supervisors")


def _record(by, *, name, email, **licence):
    with transaction.atomic():  # a refusal takes the row made for it back
        supervisor = record_supervisor(name, email, by=by)
        if supervisor.person_id or supervisor.qualifications.exists():
            raise Refusal(f"{supervisor} is on record already. Look for the name in the list of supervisors.")
        record_qualification(supervisor, kind=Qualification.LICENCE, by=by, **licence)
        return supervisor


@login_required
@require_safe
def desk_supervisor(request, pk):
    supervisor = _found(request, pk)
    context = {
        "supervisor": supervisor,
        "facts": _facts(supervisor),
        "qualifications": supervisor.qualifications.select_related("given_by", "verified_by"),
        "links": [_link(link) for link in links_of(supervisor)[:LINKS_SHOWN]],
        "questioned": questioned_entries(supervisor),
        "placements": placements_under(supervisor),
        "lapses": supervisor.lapses.all(),
        "may_record_lapse": supervisor.person_id != request.user.pk,
        "may_stop": supervisor.state in MAY_SIGN,
        "history": [_event(move) for move in history_of_supervisor(supervisor)],
    }
    return render(request, "supervision/desk_supervisor.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_supervisor_address(request, pk):
    supervisor = _without_account(request, pk)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        done = _try(form, lambda: correct_address(supervisor, form.cleaned_data["email"], by=request.user))
        if done:
            messages.success(request, "The address is corrected. It is not verified yet.")
            return redirect("desk_supervisor", pk)
    title = f"Correct the address of {supervisor}"
    lead = f"On record: {supervisor.email}. The new one has to be verified before anything is signed."
    return _form(request, form, title=title, lead=lead, submit="Correct the address", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_supervisor_qualification(request, pk):
    supervisor = _without_account(request, pk)
    form = QualificationForm(request.POST or None)
    if form.is_valid() and _try(form, lambda: record_qualification(supervisor, by=request.user, **form.cleaned_data)):
        messages.success(request, "Recorded. It counts once it is verified.")
        return redirect("desk_supervisor", pk)
    title = f"Record a qualification of {supervisor}"
    return _form(request, form, title=title, submit="Record", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_supervisor_verify(request, pk):
    supervisor = _without_account(request, pk)
    unverified = supervisor.qualifications.filter(verified_at=None)
    offered = [(one.pk, f"{one}, {one.number}, valid until {day(one.expires_on)}") for one in unverified]
    form = VerifyForm(request.POST or None, offered=offered, initial={"address": supervisor.email})
    if form.is_valid() and _try(form, lambda: verify_supervisor(supervisor, by=request.user, **form.cleaned_data)):
        messages.success(request, f"{supervisor} is verified. What is signed from now on counts.")
        return redirect("desk_supervisor", pk)
    title = f"Verify {supervisor}"
    lead = f"You confirm that {supervisor.email} is this person’s own address and that the licence is real and valid."
    return _form(request, form, title=title, lead=lead, submit="Address and licence are verified", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_supervisor_stop(request, pk):
    supervisor = _without_account(request, pk)
    form = StopForm(request.POST or None)
    if form.is_valid() and _try(form, lambda: stop_supervisor(supervisor, by=request.user, **form.cleaned_data)):
        messages.success(request, f"{supervisor} signs no more. What was approved stays.")
        return redirect("desk_supervisor", pk)
    title = f"Let {supervisor} sign no more"
    lead = "Entries that wait find another supervisor by another placement. What was approved stays."
    return _form(request, form, title=title, lead=lead, submit="Stop", pk=pk)


@login_required
@require_POST
@once_per_form
def desk_supervisor_link(request, pk):
    supervisor = _without_account(request, pk)
    resend_link(supervisor, by=request.user)
    messages.success(request, f"A new link is on its way to {supervisor.email}. Earlier ones show nothing any more.")
    return redirect("desk_supervisor", pk)


def _try(form, act) -> bool:
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _form(request, form, *, title, submit, lead="", pk=None, back="desk_supervisor"):
    context = {"form": form, "title": title, "lead": lead, "submit": submit, "pk": pk, "back": back}
    return render(request, "supervision/desk_supervisor_form.html", context, status=422 if form.is_bound else 200)


def _found(request, pk):
    require_role(request.user, Role.DIRECTOR)
    return get_object_or_404(supervisors_for_desk(request.user), pk=pk)


def _without_account(request, pk):
    supervisor = _found(request, pk)
    if supervisor.person_id:
        raise Http404
    return supervisor


def _facts(supervisor) -> list[dict]:
    how = "With an account" if supervisor.person_id else "By a mailed link, without an account"
    facts = [("Signs", how), ("Address", supervisor.address), ("On record since", day(supervisor.made_at))]
    return [{"label": label, "value": value} for label, value in facts]


def _link(link) -> dict:
    """How a link stands, for the log of the desk."""
    now = timezone.now()
    if link.questioned_at:
        state = f"used {moment(link.used_at)}; in question since {moment(link.questioned_at)}"
    elif link.used_at:
        state = f"used {moment(link.used_at)}"
    elif link.ended_at or link.expires_at <= now:
        state = "never used, shows nothing any more"
    else:
        state = f"open until {moment(link.expires_at)}" if link.mailed_at else "on its way"
    by = f"by {link.asked_by}" if link.asked_by else "because entries waited"
    return {"asked_at": link.asked_at, "by": by, "address": link.address, "state": state}


def _event(move) -> dict:
    return {
        "title": move.get_new_display(),
        "when": move.at,
        "by": str(move.by or ""),
        "body": move.reason,
        "kind": "met" if move.new == "verified" else "neutral",
    }
