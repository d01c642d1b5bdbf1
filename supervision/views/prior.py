"""Prior hours: the trainee's pages, and the directors' queue with its decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.enrolment.queries import desk_enrolments_for, own_enrolments
from courses.enrolment.rules import can_add_evidence, can_manage_enrolment
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.uploads import serve_document
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number
from lms.web.templatetags.ui import day, minutes
from supervision.actions.declaration import declare_words
from supervision.actions.practice import VisitRefused
from supervision.actions.prior import (
    ENDED,
    amend_prior_hours,
    approve_prior_hours,
    record_prior_hours,
    require_room,
    return_prior_hours,
    withdraw_prior_hours,
)
from supervision.enums import PRIOR_TONES, Decision, PriorState
from supervision.forms.practice import LogFilterForm
from supervision.forms.prior import PriorHoursForm, initial_from_prior
from supervision.forms.review import DecisionForm
from supervision.queries.guard import declarations_of, declared_words
from supervision.queries.practice import label_of
from supervision.queries.prior import (
    can_decide_prior,
    desk_prior,
    for_prior_list,
    own_prior,
    prior_categories,
    prior_for_user,
    prior_hash,
    prior_history,
    prior_labels,
    prior_reasons,
    prior_to_decide,
)
from supervision.queries.redaction import can_redact
from supervision.views.entry import removed_events

PER_PAGE = 25
MOVE_WORDS = {"": "Recorded and sent", PriorState.RETURNED: "Sent again"}


# The trainee's pages -------------------------------------------------------------------------------------------------


@login_required
@require_safe
def prior_list(request):
    enrolments = _own_enrolments(request.user)
    page = Paginator(for_prior_list(own_prior(request.user)), PER_PAGE).get_page(page_number(request))
    labels, reasons = prior_labels(page), prior_reasons(page)
    context = {
        "page": page,
        "rows": [{"prior": row, "category": labels[row.pk], "reason": reasons.get(row.pk, "")} for row in page],
        "can_add": any(can_add_evidence(enrolment) for enrolment in enrolments),
    }
    return render(request, "supervision/prior_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def prior_new(request):
    """For the enrolment that the address names, or the first open one."""
    enrolments = _own_enrolments(request.user)
    form = LogFilterForm(request.GET)
    wanted = form.cleaned_data.get("enrolment") if form.is_valid() else None
    enrolment = get_object_or_404(own_enrolments(request.user), pk=wanted) if wanted else enrolments[0]
    if not can_add_evidence(enrolment):
        return _not_now(request, ENDED)
    lead = "Hours from before this program, or from elsewhere. They count once a director has approved them."
    return _form_page(request, enrolment, title="Bring prior hours along", lead=lead, to="prior_detail")


@login_required
@require_safe
def prior_detail(request, pk):
    prior = get_object_or_404(own_prior(request.user), pk=pk)
    can_add = can_add_evidence(prior.enrolment)
    correction = prior.corrections.exclude(state=PriorState.VOIDED).first()
    context = _context(prior) | {
        "can_amend": can_add and prior.state == PriorState.RETURNED,
        "can_withdraw": prior.state in (PriorState.SUBMITTED, PriorState.RETURNED),
        "can_correct": can_add and prior.state == PriorState.APPROVED and correction is None,
        "correction": correction,
    }
    return render(request, "supervision/prior_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def prior_edit(request, pk):
    """Put a returned record right and send it again."""
    prior = get_object_or_404(own_prior(request.user), pk=pk)
    if prior.state != PriorState.RETURNED or not can_add_evidence(prior.enrolment):
        return _not_now(request, f"These hours are {prior.get_state_display().lower()} and cannot be changed.")
    title, lead = "Put these hours right", prior_reasons([prior]).get(prior.pk, "")
    return _form_page(request, prior.enrolment, title=title, lead=lead, to="prior_detail", amends=prior)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def prior_correct(request, pk):
    """A new record that replaces an approved one once it is approved itself."""
    prior = get_object_or_404(own_prior(request.user), pk=pk)
    if prior.state != PriorState.APPROVED or not can_add_evidence(prior.enrolment):
        return _not_now(request, "Only approved hours of an open enrolment are corrected.")
    lead = "The approved record counts until a director has approved this one."
    return _form_page(
        request, prior.enrolment, title="Correct these hours", lead=lead, to="prior_detail", corrects=prior
    )


@login_required
@require_POST
@once_per_form
def prior_withdraw(request, pk):
    prior = get_object_or_404(own_prior(request.user), pk=pk)
    withdraw_prior_hours(prior, by=request.user)
    messages.success(request, "You took these hours back.")
    return redirect("prior_list")


@login_required
@require_safe
def prior_document(request, pk):
    """The document as a file to save: for the trainee, and for the directors who read the record."""
    prior = get_object_or_404(prior_for_user(request.user), pk=pk)
    return serve_document(prior.document, content_type=prior.document_type, name=f"prior-hours-{prior.pk}")


def _own_enrolments(user):
    enrolments = list(own_enrolments(user))
    if not enrolments:
        raise PermissionDenied
    return enrolments


def _not_now(request, message: str):
    return render(request, "errors/409.html", {"message": message}, status=409)


def _form_page(request, enrolment, *, title, lead, to, amends=None, corrects=None):
    """Show the form, or record, amend or correct; each sentence of a refusal beside its field."""
    if request.method == "POST":
        require_room(enrolment)
    old = amends or corrects
    form = PriorHoursForm(
        request.POST or None,
        request.FILES or None,
        categories=prior_categories(enrolment),
        has_document=old is not None,
        initial=initial_from_prior(old) if old else None,
        known=declarations_of(old) if old else (),
    )
    if form.is_valid():
        try:
            prior = _save(request.user, form, enrolment, amends, corrects)
        except VisitRefused as refused:
            form.show(refused.problems)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "Sent to the program directors. You are told when there is an answer.")
            return redirect(to, prior.pk)
    back = reverse(to, args=[old.pk]) if old else reverse("prior_list")
    if to == "desk_prior_entry":
        back = reverse("desk_enrolment", args=[enrolment.pk])
    context = {"form": form, "title": title, "lead": lead, "back": back, "is_amended": amends is not None}
    return render(request, "supervision/prior_form.html", context, status=422 if form.is_bound else 200)


def _save(user, form, enrolment, amends, corrects):
    claim, document = form.claim(), form.cleaned_data["document"]
    if amends:
        prior = amend_prior_hours(amends, claim, document=document, by=user)
    else:
        prior = record_prior_hours(enrolment, claim, document=document, by=user, corrects=corrects)
    declare_words(prior, (*form.known, *form.declared), by=user)
    return prior


# The directors' pages ------------------------------------------------------------------------------------------------


@login_required
@require_safe
def desk_prior_queue(request):
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(for_prior_list(prior_to_decide(request.user)), PER_PAGE).get_page(page_number(request))
    labels, now = prior_labels(page), timezone.now()
    rows = [{"prior": row, "category": labels[row.pk], "age": (now - row.submitted_at).days} for row in page]
    return render(request, "supervision/desk_prior_queue.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_prior_new(request, pk):
    """A director records hours for a trainee; another director decides about them."""
    enrolment = get_object_or_404(desk_enrolments_for(request.user), pk=pk)
    if not can_manage_enrolment(request.user, enrolment):
        raise PermissionDenied
    if not can_add_evidence(enrolment):
        return _not_now(request, ENDED)
    title, lead = f"Record prior hours of {enrolment.person}", "Another program director decides about them, never you."
    return _form_page(request, enrolment, title=title, lead=lead, to="desk_prior_entry")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_prior_entry(request, pk):
    require_role(request.user, Role.DIRECTOR)
    prior = get_object_or_404(desk_prior(request.user), pk=pk)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            return _decide(request, prior, **form.cleaned_data, declared=form.declared)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            prior = get_object_or_404(desk_prior(request.user), pk=pk)
    context = _context(prior) | {
        "form": form,
        "seen": prior_hash(prior),
        "may_decide": prior.state == PriorState.SUBMITTED and can_decide_prior(request.user, prior),
        "is_mine": prior.written_by_id == request.user.pk,
        "may_redact": can_redact(request.user, prior),
    }
    return render(request, "supervision/desk_prior_entry.html", context, status=422 if form.is_bound else 200)


def _decide(request, prior, *, decision, reason, seen, declared):
    require_fresh_password(request)
    if decision == Decision.APPROVED:
        approve_prior_hours(prior, by=request.user, seen=seen)
        messages.success(
            request, f"Approved: {minutes(prior.minutes)} of {prior.enrolment.person} count as transferred."
        )
    else:
        return_prior_hours(prior, by=request.user, seen=seen, reason=reason)
        declare_words(prior, declared, by=request.user)
        messages.success(request, f"Returned to {prior.enrolment.person}, who reads your reason first.")
    return redirect("desk_prior")


def _context(prior) -> dict:
    return {
        "prior": prior,
        "facts": _facts(prior),
        "history": sorted(
            [*map(_event, prior_history(prior)), *removed_events(prior)], key=lambda event: event["when"]
        ),
        "reason": prior_reasons([prior]).get(prior.pk, ""),
        "declared": declared_words(prior, {"note": prior.note}),
    }


def _facts(prior) -> list[dict]:
    facts = [
        ("Category", label_of(prior.category_key, prior_categories(prior.enrolment))),
        ("Phase", prior.get_phase_display() or "Several, or not recorded"),
        ("Hours", minutes(prior.minutes)),
        ("From", day(prior.began_on)),
        ("Until", day(prior.ended_on)),
        ("Institution", prior.institution),
        ("Supervisor", prior.supervisor_name),
        ("Recorded by", str(prior.written_by)),
        ("Origin", prior.get_provenance_display()),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _event(move) -> dict:
    words = MOVE_WORDS[move.old] if move.new == PriorState.SUBMITTED else PriorState(move.new).label
    return {
        "title": words,
        "when": move.at,
        "by": str(move.by or ""),
        "body": move.reason,
        "kind": PRIOR_TONES[move.new],
    }
