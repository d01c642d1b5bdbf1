"""A reviewer's pages for taking words out of an entry, of prior hours or of a session.

They ask for no password: the form, which holds the words, would be kept in the session meanwhile.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods

from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.templatetags.ui import day
from supervision.actions.redaction import redact
from supervision.forms.redaction import RedactForm
from supervision.queries.practice import logs_for_user
from supervision.queries.prior import desk_prior
from supervision.queries.redaction import (
    DECISIONS,
    can_read_decision,
    can_redact,
    decisions_about,
    disputes_read_by,
    enrolments_of,
    kind_of,
    reasons_given,
    redactions_of,
    seen_of,
    sessions_to_redact,
    texts_of,
)
from supervision.sessions.queries import sessions_of_supervisor

SHORT = {"institution": "Where they were earned", "supervisor_name": "Who supervised them"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def practice_redact(request, pk):
    """Whoever reads the entry without deciding about it is told that it is not hers to do."""
    log = get_object_or_404(logs_for_user(request.user), pk=pk)
    if not can_redact(request.user, log):
        raise PermissionDenied
    return _page(request, log, title=f"Visit of {day(log.on)}", back=reverse("practice_detail", args=[pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def desk_prior_redact(request, pk):
    require_role(request.user, Role.DIRECTOR)
    prior = get_object_or_404(desk_prior(request.user), pk=pk)
    if not can_redact(request.user, prior):
        raise PermissionDenied
    return _page(request, prior, title="Prior hours", back=reverse("desk_prior_entry", args=[pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def review_session_redact(request, pk):
    """For whoever decides about the session, and for directors, who find no other page of it: its supervisor may have no
    account."""
    session = get_object_or_404(sessions_to_redact(request.user), pk=pk)
    if not can_redact(request.user, session):
        raise Http404
    is_hers = sessions_of_supervisor(request.user).filter(pk=pk).exists()
    back = reverse("review_session", args=[pk]) if is_hers else reverse("review_session_redact", args=[pk])
    return _page(request, session, title=f"Session of {day(session.on)}", back=back)


def _page(request, subject, *, title, back):
    people = get_text_list([str(one.person) for one in enrolments_of(subject)], "and")
    kind, decisions = kind_of(subject), decisions_about(subject)
    texts = {
        "reasons": reasons_given(subject),
        "decisions": [one for one in decisions if can_read_decision(request.user, one, subject)],
        "disputes": disputes_read_by(request.user, subject),
    }
    form = RedactForm(request.POST or None, subject=subject, initial={"seen": seen_of(subject)}, **texts)
    if form.is_valid():
        try:
            redact(subject, by=request.user, **form.asked)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"The words are removed. {people} is told.")
            return redirect(back)
    short = [{"term": SHORT[name], "description": words} for name in kind.short if (words := getattr(subject, name))]
    context = {
        "form": form,
        "people": people,
        "back": back,
        "title": title,
        "heading": f"Remove words: {title[0].lower()}{title[1:]}",
        "text_title": kind.title,
        "text": getattr(subject, kind.text),
        "short": short,
        "reasons": texts["reasons"],
        "decisions": [
            (getattr(one, DECISIONS[type(one)][1]), words) for one in texts["decisions"] for words in texts_of(one)
        ],
        "disputes": texts["disputes"],
        "removed": redactions_of(subject),
    }
    return render(request, "supervision/practice_redact.html", context, status=422 if form.is_bound else 200)
