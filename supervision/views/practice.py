"""A trainee's own log. A pause, a debt or the end of an enrolment never closes these pages for reading."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.enrolment.queries import own_enrolments_listed
from courses.enrolment.rules import can_add_evidence
from lms.accounts.enums import Role
from lms.disputes.enums import UNDECIDED
from lms.errors import Refusal
from lms.web.addresses import address, address_of
from lms.web.idempotency import once_per_form
from lms.web.memory import remember
from lms.web.paging import CountedRows, page_number
from lms.web.templatetags.ui import day, minutes
from supervision.actions.declaration import declare_words
from supervision.actions.dispute import dispute_return
from supervision.actions.draft import close_unfinished, save_unfinished
from supervision.actions.placement import make_client_code
from supervision.actions.practice import (
    VisitRefused,
    correct_log,
    discard_log,
    edit_log,
    retract_log,
    submit_log,
    write_log,
)
from supervision.actions.shared import propose_share
from supervision.enums import COUNTING, EDITABLE, TONES, LogState, Modality, PracticeRole, state_in_words
from supervision.forms.dispute import DisputeReturnForm
from supervision.forms.practice import (
    ClientCodeForm,
    DraftForm,
    EnrolmentAskedForm,
    LogFilterForm,
    SendForm,
    VisitAskedForm,
    VisitForm,
    initial_from,
    initial_from_typed,
    typed_in,
)
from supervision.models import UnfinishedDraft
from supervision.queries.dispute import dispute_of_return
from supervision.queries.draft import drafts_offered, own_drafts, typed_of
from supervision.queries.guard import declarations_of
from supervision.queries.lieu import SECONDS, role_to_attest
from supervision.queries.offers import Offers, repeated_from_last
from supervision.queries.placement import categories_of, may_review, visit_categories
from supervision.queries.practice import (
    for_list,
    label_of,
    labels_of,
    logs_for_user,
    own_lines,
    own_logs,
    reasons_of,
)
from supervision.queries.program import logs_to_verify
from supervision.queries.redaction import can_redact
from supervision.queries.shared import own_shares
from supervision.queries.summary import summary_of
from supervision.sessions.work import PREFIX as DUE
from supervision.sessions.work import due_of, own_enrolments_with_due
from supervision.views.entry import entry_context, returned_title

PER_PAGE = 20
NEW_CODE = ClientCodeForm()  # to be shown; what is sent is read by another one
REPEATS = "What repeats from your last visit is filled in already."
ENDED = "This enrolment has ended, so no practice can be added to it. You can still read and export your log."


def _enrolments(user):
    enrolments = own_enrolments_listed(user)
    if not enrolments:
        raise PermissionDenied
    return enrolments


def _chosen(asked: EnrolmentAskedForm, enrolments):
    """The enrolment that the address names, or the first open one. Another person's is not found."""
    asked.full_clean()
    wanted = asked.cleaned_data.get("enrolment")
    if wanted is None:
        return enrolments[0]
    found = [enrolment for enrolment in enrolments if enrolment.pk == wanted]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_safe
def practice_list(request):
    enrolments = own_enrolments_with_due(request.user)
    if not enrolments:
        raise PermissionDenied
    filters = LogFilterForm(request.GET)
    enrolment = _chosen(filters, enrolments)
    state = filters.cleaned_data.get("state") if filters.is_valid() else ""
    categories = categories_of(enrolment)
    summary = summary_of(enrolment, categories)
    lines = CountedRows(summary.number(state), own_lines(enrolment, state))
    page = Paginator(lines, PER_PAGE).get_page(page_number(request))
    unsent = summary.unsent
    context = {
        "enrolment": enrolment,
        "enrolments": enrolments,
        "rows": [_line(log, categories) for log in page],
        "page": page,
        "query": f"enrolment={enrolment.pk}&state={state}",
        "filters": filters,
        "state": state,
        "totals": summary.totals,
        "approved": summary.approved,
        "waiting": summary.waiting,
        "questioned": summary.questioned,
        "unsent": unsent,
        "send_label": f"Send {unsent} {'entry' if unsent == 1 else 'entries'} for review",
        "can_log": can_add_evidence(enrolment),
        "prior": summary.prior,
        "shares": own_shares(enrolment) if summary.shares else (),
        "codes": summary.codes[:PER_PAGE],
        "code_form": NEW_CODE,
        "due": due_of(enrolment, DUE)[0],
    }
    return render(request, "supervision/practice_list.html", context | _addresses(enrolment))


def _addresses(enrolment) -> dict[str, str]:
    """Where the links of the log lead to."""
    of_this = f"?enrolment={enrolment.pk}"
    return {
        "new_url": address("practice_new") + of_this,
        "send_url": address("practice_send"),
        "export_url": address("export_list") + of_this,
        "sessions_url": address("session_list") + of_this,
        "codes_url": address("practice_codes") + of_this,
        "prior_url": address("prior_list"),
        "standing_url": address_of("standing", enrolment.pk),
        "merge_url": address_of("practice_codes_merge", enrolment.pk),
    }


def _line(log, categories) -> dict:
    """One line of the log, in words."""
    correction = " · correction" if log.supersedes_id else ""
    return {
        "url": address_of("practice_detail", log.pk),
        "when": f"{day(log.on)}, {log.starts_at:%H:%M}",
        "about": f"{label_of(log.category_key, categories)} · {PracticeRole(log.role).label}{correction}",
        "flags": " ".join(flag["sentence"] for flag in log.flags),
        "why": log.why,
        "length": minutes(log.minutes),
        "state": state_in_words(log.state, log.provenance),
        "tone": TONES[log.state],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_new(request):
    asked = VisitAskedForm(request.GET)
    enrolment = _chosen(asked, _enrolments(request.user))
    if not can_add_evidence(enrolment):
        return render(request, "errors/409.html", {"message": ENDED}, status=409)
    draft = _draft_asked(request.user, asked, enrolment)
    form = visit_form(request, enrolment, _initial(request, enrolment, draft), asks_for_other=True)
    if form.is_valid():
        log = _saved(request, form, enrolment)
        if log:
            return _after_saving(request, log)
    if form.is_bound and request.POST.get("then") == "keep" and (kept := _kept_unfinished(request, form, enrolment)):
        return kept
    return visit_page(request, form, enrolment, title="Log a visit", draft=draft)


def _draft_asked(user, asked: VisitAskedForm, enrolment) -> UnfinishedDraft | None:
    """The unfinished draft that the address names. Another person's is not found."""
    wanted = asked.cleaned_data.get("draft")
    return get_object_or_404(own_drafts(user).filter(enrolment=enrolment), pk=wanted) if wanted else None


def _initial(request, enrolment, draft) -> dict:
    if draft:
        return initial_from_typed(typed_of(draft))
    first = {"time_zone": request.user.time_zone, "modality": Modality.IN_PERSON, "is_first": True}
    return (repeated_from_last(enrolment) or first) | {"on": timezone.localdate()}


def _kept_unfinished(request, form, enrolment):
    """Save as draft, of a form that is not whole: kept as it was typed. None when even that is refused."""
    which = DraftForm(request.POST)
    if not which.is_valid():
        return None
    key, sequence = which.cleaned_data["draft_key"], which.cleaned_data["draft_sequence"]
    try:
        save_unfinished(enrolment, key=key, sequence=sequence, typed=typed_in(request.POST), by=request.user)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    messages.info(request, "Saved as an unfinished draft. It is offered when you log a visit, on any device.")
    for sentences in list(form.errors.values())[:3]:
        messages.warning(request, f"Still to be put right: {sentences[0]}")
    return redirect("practice_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_edit(request, pk):
    log = get_object_or_404(own_logs(request.user), pk=pk)
    if log.state not in EDITABLE:
        message = f"This entry is {log.get_state_display().lower()} and cannot be changed."
        return render(request, "errors/409.html", {"message": message}, status=409)
    form = visit_form(request, log.enrolment, initial_from(log), log, known=declarations_of(log))
    if form.is_valid():
        saved = _saved(request, form, log.enrolment, log)
        if saved:
            return _after_saving(request, saved)
    return visit_page(request, form, log.enrolment, title="Change this entry", log=log)


def visit_form(request, enrolment, initial, log=None, *, asks_for_other=False, known=()):
    return VisitForm(
        request.POST or None,
        initial=initial,
        categories=visit_categories(enrolment, named_by=log),
        offers=Offers(enrolment, request.user, named_by=log),
        asks_for_other=asks_for_other,
        known=known,
    )


def _saved(request, form, enrolment, log=None):
    """The entry as saved, and sent if so asked; None when a rule refuses it, with its sentence in the form."""
    try:
        with transaction.atomic():  # a refusal takes the new code back before the form is shown again
            code = make_client_code(enrolment, by=request.user) if form.cleaned_data["new_client"] else None
            log = _write(request, form, enrolment, log, also=code)
    except VisitRefused as refused:
        form.show(refused.problems)
        return None
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    which = DraftForm(request.POST)
    if which.is_valid():
        close_unfinished(enrolment, which.cleaned_data["draft_key"])
    if code:
        messages.success(request, f"The new client’s code is {code.code}. Note it in your own records, not here.")
    return log


def _write(request, form, enrolment, log, *, also):
    visit, placement = form.visit(also=also), form.cleaned_data["placement"]
    if log is None:
        log = write_log(enrolment, visit, placement=placement, by=request.user)
        if other := form.cleaned_data.get("co_therapist"):
            propose_share(log, to=other, by=request.user)
    else:
        version = form.cleaned_data["version"] or 0
        log = edit_log(log, visit, placement=placement, by=request.user, version=version)
    declare_words(log, form.declared, by=request.user)
    return submit_log(log, by=request.user) if request.POST.get("then") == "send" else log


def _after_saving(request, log):
    for flag in log.flags:
        messages.warning(request, flag["sentence"])
    if log.state == LogState.SUBMITTED:
        messages.success(request, f"Sent to {log.placement.decider} for review.")
    else:
        messages.success(request, "Saved. It counts after you have sent it and your supervisor has approved it.")
    return redirect("practice_detail", log.pk)


def visit_page(request, form, enrolment, *, title, log=None, draft=None, share=None):
    context = _draft_context(request, form.offers, draft) if log is None and share is None else {}
    context |= {
        "share": share,
        "form": form,
        "title": title,
        "lead": "" if log or share or form.initial.get("is_first") else REPEATS,
        "log": log,
        "reason": reasons_of([log]).get(log.pk, "") if log else "",
        "returned_title": returned_title(log) if log else "",
        "has_placement": bool(form.offers.placements),
        "definitions": _definitions(enrolment),
        "enrolment": enrolment,
    }
    return render(request, "supervision/visit_form.html", context, status=422 if form.is_bound else 200)


def _draft_context(request, offers, draft) -> dict:
    """Which draft the form is: a new one, the one that was opened again, or the one that came back with errors."""
    sent = DraftForm(request.POST) if request.method == "POST" else None
    is_sent = sent is not None and sent.is_valid()
    if is_sent:
        key, sequence = sent.cleaned_data["draft_key"], sent.cleaned_data["draft_sequence"]
    else:
        key, sequence = (draft.key, draft.sequence) if draft else (uuid4(), 0)
    offered = [] if draft or is_sent or not offers.has_drafts else drafts_offered(offers.enrolment)
    return {
        "draft_key": key,
        "draft_sequence": sequence + 1,
        "draft": draft,
        "offered": offered,
        "autosave_url": address_of("practice_autosave", offers.enrolment.pk),
    }


@remember(seconds=3600, most=200, key=lambda enrolment: enrolment.standard_version_id)
def _definitions(enrolment) -> SafeString:
    """What the categories of a published version say, as a list: that never changes."""
    said = [
        {"term": category.label, "description": _described(category)}
        for category in visit_categories(enrolment).values()
        if category.definition
    ]
    return render_to_string("components/definition_list.html", {"items": said}) if said else SafeString("")


def _described(category) -> str:
    example = f" Such as: {category.example}." if category.example else ""
    return " ".join([category.definition + example, *category.sentences])


@login_required
@require_safe
def practice_detail(request, pk):
    """One entry, for whoever may read it; only its trainee finds something to do here."""
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    is_own = log.enrolment.person_id == request.user.pk
    correction = log.corrections.exclude(state=LogState.VOIDED).first()
    dispute = dispute_of_return(log) if is_own else None
    is_disputed = bool(dispute) and dispute.state in UNDECIDED
    context = entry_context(log) | {
        "is_own": is_own,
        "can_edit": is_own and log.state in EDITABLE and not is_disputed,
        "can_retract": is_own and log.state == LogState.SUBMITTED,
        "can_correct": is_own and log.state in COUNTING and not correction and can_add_evidence(log.enrolment),
        "correction": correction if is_own else None,
        "can_dispute": is_own and log.state == LogState.RETURNED and dispute is None,
        "dispute": dispute,
        "is_disputed": is_disputed,
        "can_verify": log.state == LogState.APPROVED
        and not is_own
        and logs_to_verify(request.user).filter(pk=pk).exists(),
        "can_unapprove": _can_unapprove(request.user, log),
        "can_redact": can_redact(request.user, log),
        "can_attest": log.state == LogState.SUBMITTED
        and not is_own
        and role_to_attest(request.user, log, *SECONDS) is not None
        and not may_review(log, log.enrolment),
        "can_review": log.state == LogState.SUBMITTED and log.reviewing_id == request.user.pk and not is_own,
    }
    return render(request, "supervision/practice_detail.html", context)


def _can_unapprove(user, log) -> bool:
    is_theirs = log.state in COUNTING and log.enrolment.person_id != user.pk
    return is_theirs and logs_to_verify(user, Role.DIRECTOR).filter(pk=log.pk).exists()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_send(request):
    """Send several entries at once. Each stands for itself: one that is refused holds none of the others back."""
    if not _enrolments(request.user):
        raise PermissionDenied
    logs = own_logs(request.user).filter(state__in=EDITABLE).order_by("on", "starts_at", "id")
    form = SendForm(request.POST or None, logs=logs)
    if form.is_valid():
        sent, refused = _send(form.cleaned_data["entries"], request.user)
        if sent:
            words = "1 entry is" if sent == 1 else f"{sent} entries are"
            messages.success(request, f"{words} on the way to review.")
            for sentence in refused:
                messages.warning(request, sentence)
            return redirect("practice_list")
        for sentence in refused:
            form.add_error("entries", sentence)
    rows = _send_rows(list(for_list(logs)), request)
    context = {"form": form, "rows": rows, "count": len(rows)}
    return render(request, "supervision/practice_send.html", context, status=422 if form.is_bound else 200)


def _send(logs, user) -> tuple[int, list[str]]:
    sent, refused = 0, []
    for log in logs:
        try:
            submit_log(log, by=user)
            sent += 1
        except Refusal as refusal:
            refused.append(f"{log}: {refusal.message}")
    return sent, refused


def _send_rows(logs, request) -> list[dict]:
    ticked = set(request.POST.getlist("entries")) if request.method == "POST" else None
    reasons, labels = reasons_of(logs), labels_of(logs)
    return [
        {
            "log": log,
            "category": labels[log.pk],
            "reason": reasons.get(log.pk, ""),
            "ticked": str(log.pk) in ticked if ticked is not None else log.state == LogState.DRAFT,
        }
        for log in logs
    ]


@login_required
@require_POST
@once_per_form
def practice_codes(request):
    """Make one client code."""
    enrolment = _chosen(EnrolmentAskedForm(request.GET), _enrolments(request.user))
    form = ClientCodeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose an age band from the list.")
        return redirect("practice_list")
    code = make_client_code(enrolment, by=request.user, age_band=form.cleaned_data["age_band"])
    messages.success(request, f"The new code is {code.code}. Note in your own records whom it stands for, not here.")
    return redirect("practice_list")


@login_required
@require_POST
@once_per_form
def practice_retract(request, pk):
    log = get_object_or_404(own_logs(request.user), pk=pk)
    retract_log(log, by=request.user)
    messages.success(request, "You took the entry back. It is a draft again.")
    return redirect("practice_detail", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_discard(request, pk):
    log = get_object_or_404(own_logs(request.user), pk=pk)
    if request.method == "POST":
        discard_log(log, by=request.user)
        messages.success(request, "The entry is discarded.")
        return redirect("practice_list")
    return render(request, "supervision/practice_discard.html", {"log": log, "question": f"Discard the {_visit(log)}?"})


def _visit(log) -> str:
    return f"visit of {day(log.on)}"


@login_required
@require_POST
@once_per_form
def practice_correct(request, pk):
    log = get_object_or_404(own_logs(request.user), pk=pk)
    correction = correct_log(log, by=request.user)
    declare_words(correction, declarations_of(log), by=request.user)
    messages.info(
        request, "Change what is wrong and send it. The approved entry counts until the correction is approved."
    )
    return redirect("practice_edit", correction.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_dispute(request, pk):
    """Disagree with a returned entry. Answered by the cohort's faculty or a director, never by the supervisor."""
    log = get_object_or_404(own_logs(request.user), pk=pk)
    if log.state != LogState.RETURNED or dispute_of_return(log):
        message = "You can dispute an entry that was returned to you, once for each return."
        return render(request, "errors/409.html", {"message": message}, status=409)
    form = DisputeReturnForm(request.POST or None)
    if form.is_valid():
        try:
            dispute = dispute_return(log, by=request.user, text=form.cleaned_data["text"])
            declare_words(dispute, form.declared, by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, "Your dispute is open. Without an answer it goes to the program directors after 14 days."
            )
            return redirect("practice_detail", pk)
    context = {
        "form": form,
        "log": log,
        "reason": reasons_of([log]).get(log.pk, ""),
        "returned_title": returned_title(log),
    }
    return render(request, "supervision/practice_dispute.html", context, status=422 if form.is_bound else 200)
