"""The pages of a mailed link. They need no account and no script; whatever opens nothing gets one same page.

Opening an address changes and consumes nothing, because mail scanners open links: a code is mailed when a button is
pressed, and the link is used up when the code is typed. No secret stands in an address that something is sent to, nor
in one that is shown after a secret was given.
"""

import functools

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.errors import Refusal
from lms.web.errors import too_many_requests
from lms.web.idempotency import once_per_form
from lms.web.limits import is_within_limit
from lms.web.paging import page_number
from lms.web.templatetags.ui import day
from supervision.enums import PracticeRule
from supervision.models import PracticeLog, SessionAttendance, SharedVisit
from supervision.queries.guard import declared_of_many
from supervision.queries.placement import categories_in
from supervision.queries.practice import label_of
from supervision.queries.review import content_hash, signed_content
from supervision.queries.shared import shares_about
from supervision.sessions.enums import SessionState
from supervision.sessions.queries import reasons_of, signed_session, topic_labels
from supervision.sessions.shown import session_facts
from supervision.signing.actions import (
    approve_by_link,
    ask_code,
    decline_placement,
    give_licence,
    prove_address,
    question_receipt,
    return_by_link,
    return_session_by_link,
)
from supervision.signing.forms import (
    ApproveForm,
    CodeForm,
    OwnLicenceForm,
    ReturnForm,
    ReturnSessionForm,
    TokenForm,
)
from supervision.signing.queries import (
    entries_of_link,
    link_in_session,
    link_of_token,
    open_link,
    receipt_of_token,
    sessions_of_link,
    trainees_of_link,
)
from supervision.views.entry import co_therapist_in_words, facts_of

PER_MINUTE = 60
PER_PAGE = 20
PROVING, SIGNING = "signing_link_to_prove", "signing_link"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def takes_a_secret(view):
    """Count who tries one, outside of `once_per_form`, which rolls back. The tries of a code are counted with its link."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if not is_within_limit(request, "signing", per_minute=PER_MINUTE):
            return _quiet(too_many_requests(request))
        return view(request, *args, **kwargs)

    return wrapped


def page_of_signing(view):
    """Keep the answer out of caches and search engines."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        for name, value in PRIVATE.items():
            response[name] = value
        return response

    return wrapped


def _gone(request):
    """The one page of whatever opens nothing: forged, altered, used, expired, replaced."""
    return _quiet(render(request, "supervision/signing/gone.html", status=404))


def _quiet(response):
    """An address with a secret in it: no page learns it from this one, and no log line names it."""
    response["Referrer-Policy"] = "no-referrer"
    response._has_been_logged = True  # Django logs the path of whatever answers 404 or 429
    return response


@page_of_signing
@require_safe
@takes_a_secret
def sign_open(request, token):
    link = link_of_token(token)
    if link is None:
        return _gone(request)
    return _quiet(render(request, "supervision/signing/open.html", {"token": token}))


@csrf_exempt  # the secret in the body is what a foreign page lacks; its page says no-referrer, which hides the origin too
@page_of_signing
@require_POST
@takes_a_secret
@once_per_form
def sign_code(request):
    """Mail a code: for the secret of a link, or again for the link that this browser is about to prove."""
    form = TokenForm(request.POST)
    link = link_of_token(form.cleaned_data["token"]) if form.is_valid() else open_link(request.session.get(PROVING))
    if link is None:
        return _gone(request)
    try:
        ask_code(link)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    request.session[PROVING] = link.pk
    return redirect("sign_prove")


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def sign_prove(request):
    link = open_link(request.session.get(PROVING))
    if link is None:
        return _gone(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            is_proved = prove_address(link, form.cleaned_data["code"])
        except Refusal:  # another browser was quicker
            return _gone(request)
        if is_proved:
            request.session.cycle_key()
            del request.session[PROVING]
            request.session[SIGNING] = link.pk
            return redirect("sign_entries")
        messages.error(
            request, "This is not the code that was mailed last, or it has run out. Look again, or have another mailed."
        )
        return redirect("sign_prove")  # an answer that is kept: the wrong code is counted
    return render(request, "supervision/signing/prove.html", {"form": form}, status=422 if form.is_bound else 200)


def for_link(view):
    """Only for a browser that proved the address within the hour; everybody else gets the same page as always."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        link = link_in_session(request.session.get(SIGNING))
        return _gone(request) if link is None else view(request, link, *args, **kwargs)

    return wrapped


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
@for_link
def sign_entries(request, link):
    form = ApproveForm(request.POST or None)
    if form.is_valid():
        try:
            receipt = approve_by_link(link, form.chosen, sessions=form.sessions, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Approved and signed: {receipt.what}. A receipt is on its way to your address.")
            return redirect("sign_entries")
    page = Paginator(_keys(link), PER_PAGE).get_page(page_number(request))
    entries, sessions = ([pk for kind, pk in page if kind == wanted] for wanted in ("entry", "session"))
    context = {
        "link": link,
        "form": form,
        "page": page,
        "entries": _statements(entries_of_link(link).filter(pk__in=entries)) if entries else [],
        "sessions": _session_statements(sessions_of_link(link).filter(pk__in=sessions)) if sessions else [],
        "ticked": {pk for pk, _ in form.chosen},
        "ticked_sessions": {pk for pk, _ in form.sessions},
        "placements": trainees_of_link(link),
        "licences": link.supervisor.qualifications.all(),
    }
    return render(request, "supervision/signing/entries.html", context, status=422 if form.is_bound else 200)


def _keys(link) -> list[tuple[str, int]]:
    """All that waits, entries before sessions, so that a page of it is a page whatever it holds."""
    entries = entries_of_link(link).select_related(None).prefetch_related(None).values_list("pk", flat=True)
    sessions = sessions_of_link(link).select_related(None).values_list("pk", flat=True)
    return [*(("entry", pk) for pk in entries), *(("session", pk) for pk in sessions)]


def _statements(logs) -> list[dict]:
    """What the trainees wrote, with the category by the standard of each; a fixed number of queries for all of them."""
    logs = list(logs)
    shares, declared = shares_about(logs), declared_of_many(logs, "reflection")
    versions = {log.enrolment.standard_version_id: log.enrolment.standard_version for log in logs}
    categories = {pk: categories_in(version) for pk, version in versions.items()}
    return [
        _statement(log, categories[log.enrolment.standard_version_id], shares.get(log.pk), declared.get(log.pk, ()))
        for log in logs
    ]


def _statement(log: PracticeLog, categories, share: SharedVisit | None, declared) -> dict:
    facts = facts_of(log, categories, names_share=False)
    if share:
        facts.append({"label": "Co-therapist", "value": co_therapist_in_words(log, share)})
    return {
        "log": log,
        "category": label_of(log.category_key, categories),
        "facts": facts,
        "declared": declared,
        "segments": log.segments.all(),
        "flags": [(PracticeRule(flag["rule"]).label, flag["sentence"]) for flag in log.flags],
        "seen": content_hash(signed_content(log)),
    }


def _session_statements(attendances) -> list[dict]:
    """What the trainees say of sessions; of one that she confirmed, why its trainee objects to it."""
    attendances, labels = list(attendances), topic_labels()
    reasons, declared = reasons_of(attendances), declared_of_many([one.session for one in attendances], "feedback")
    return [
        _session_statement(one, labels, reasons.get(one.pk, ""), declared.get(one.session_id, ()))
        for one in attendances
    ]


def _session_statement(attendance: SessionAttendance, labels, reason: str, declared) -> dict:
    return {
        "attendance": attendance,
        "facts": session_facts(attendance.session, labels=labels),
        "declared": declared,
        "objection": reason,
        "seen": content_hash(signed_session(attendance)),
    }


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
@for_link
def sign_session_return(request, link, pk):
    """Give a session back, or say that it does not count after an objection."""
    attendance = sessions_of_link(link).filter(pk=pk).first()
    if attendance is None:
        return _gone(request)
    form = ReturnSessionForm(request.POST or None)
    if form.is_valid():
        try:
            return_session_by_link(link, attendance, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{attendance.enrolment.person} is told, and reads your reason first.")
            return redirect("sign_entries")
    context = {
        "form": form,
        "entry": _session_statements([attendance])[0],
        "is_logged": attendance.session.state == SessionState.LOGGED,
    }
    return render(request, "supervision/signing/return_session.html", context, status=422 if form.is_bound else 200)


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
@for_link
def sign_return(request, link, pk):
    log = entries_of_link(link).filter(pk=pk).first()
    if log is None:
        return _gone(request)
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        try:
            return_by_link(link, log, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"Returned to {log.enrolment.person}, who reads your reason first.")
            return redirect("sign_entries")
    context = {"form": form, "entry": _statements([log])[0], "link": link}
    return render(request, "supervision/signing/return.html", context, status=422 if form.is_bound else 200)


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
@for_link
def sign_decline(request, link, pk):
    placement = trainees_of_link(link).filter(pk=pk).first()
    if placement is None:
        return _gone(request)
    if request.method == "POST":
        decline_placement(link, placement)
        messages.success(request, "Thank you. The program director is told, and these entries come to you no more.")
        return redirect("sign_entries")
    facts = [
        {"label": "Trainee", "value": placement.enrolment.person},
        {"label": "Site", "value": placement.site},
        {"label": "Since", "value": day(placement.starts_on)},
    ]
    return render(request, "supervision/signing/decline.html", {"facts": facts})


@page_of_signing
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
@for_link
def sign_licence(request, link):
    form = OwnLicenceForm(request.POST or None)
    if form.is_valid():
        give_licence(link, **form.cleaned_data)
        messages.success(request, "Thank you. The institute looks it up before it counts.")
        return redirect("sign_entries")
    return render(request, "supervision/signing/licence.html", {"form": form}, status=422 if form.is_bound else 200)


@page_of_signing
@require_POST
@once_per_form
def sign_leave(request):
    """On a computer that others use too: nothing opens any more in this browser."""
    for key in (SIGNING, PROVING):
        request.session.pop(key, None)
    return redirect("sign_done")


@page_of_signing
@require_safe
@takes_a_secret
def sign_receipt(request, token):
    receipt = receipt_of_token(token)
    if receipt is None:
        return _gone(request)
    return _quiet(render(request, "supervision/signing/receipt.html", {"receipt": receipt, "token": token}))


@csrf_exempt  # as above: only the secret acts
@page_of_signing
@require_POST
@takes_a_secret
@once_per_form
def sign_question(request):
    form = TokenForm(request.POST)
    receipt = receipt_of_token(form.cleaned_data["token"]) if form.is_valid() else None
    if receipt is None:
        return _gone(request)
    question_receipt(receipt)
    return redirect("sign_done")


@page_of_signing
@require_safe
def sign_done(request):
    return render(request, "supervision/signing/done.html")
