from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.actions import accept_terms, change_profile, confirm_legal_name, publish_terms, record_document
from lms.accounts.enums import REMIND_BEFORE, Role
from lms.accounts.forms import AcceptTermsForm, DocumentForm, LegalNameForm, ProfileForm, PublishTermsForm
from lms.accounts.queries import current_terms, documents_of_supervisors, own_documents, require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

DOCUMENTS_SHOWN = 30


@login_required
@require_safe
def profile(request):
    return render(request, "accounts/profile.html", _profile_forms(request.user))


@login_required
@require_http_methods(["POST"])
@once_per_form
def profile_change(request):
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/profile.html", _profile_forms(request.user) | {"form": form}, status=422)
    change_profile(request.user, **form.cleaned_data)
    messages.success(request, "Your profile is saved.")
    return redirect("profile")


@login_required
@require_http_methods(["POST"])
@once_per_form
def legal_name_confirm(request):
    form = LegalNameForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/profile.html", _profile_forms(request.user) | {"name_form": form}, status=422)
    confirm_legal_name(request.user, legal_name=form.cleaned_data["legal_name"])
    messages.success(request, "Your name for credentials is confirmed.")
    return redirect("profile")


def _profile_forms(user) -> dict:
    return {
        "form": ProfileForm(initial={"display_name": user.display_name, "time_zone": user.time_zone}),
        "name_form": LegalNameForm(initial={"legal_name": user.legal_name}),
        "documents": [_document_row(document, user) for document in own_documents(user)[:DOCUMENTS_SHOWN]],
    }


def _document_row(document, user) -> dict:
    """A document with the word for how it stands today, in the holder's zone."""
    left = (document.expires_on - timezone.localdate(timezone=user.zone)).days
    if hasattr(document, "replacement") and document.replacement:
        label, kind = "Replaced", "neutral"
    elif left < 0:
        label, kind = "Lapsed", "critical"
    else:
        label, kind = ("Runs out soon", "waiting") if left <= max(REMIND_BEFORE) else ("Valid", "met")
    return {"document": document, "label": label, "kind": kind}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def document_new(request):
    return _document_page(request, DocumentForm(request.POST or None), title="Record a document")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def document_replace(request, pk):
    old = get_object_or_404(own_documents(request.user).filter(replacement=None), pk=pk)
    initial = {"kind": old.kind, "authority": old.authority}
    form = DocumentForm(request.POST or None, kind=old.kind, initial=initial)
    return _document_page(request, form, title=f"Record the newer {old.get_kind_display().lower()}", replaces=old)


def _document_page(request, form, *, title, replaces=None):
    if form.is_valid():
        try:
            record_document(request.user, replaces=replaces, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "The document is recorded.")
            return redirect("profile")
    context = {"form": form, "title": title, "replaces": replaces}
    return render(request, "accounts/document_form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def desk_documents(request):
    require_role(request.user, Role.DIRECTOR)
    page = Paginator(documents_of_supervisors(request.user), 50).get_page(page_number(request))
    return render(request, "accounts/desk_documents.html", {"page": page, "today": timezone.localdate()})


@require_safe
def terms(request):
    return render(request, "accounts/terms.html", {"terms": current_terms()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def terms_accept(request):
    newest = current_terms()
    form = AcceptTermsForm(request.POST or None, initial={"version": newest.number if newest else 0})
    if form.is_valid():
        try:
            accept_terms(request.user, number=form.cleaned_data["version"])
        except Refusal as refusal:
            form = AcceptTermsForm(initial={"version": newest.number})
            messages.warning(request, refusal.message)
        else:
            return redirect(_safe_next(request))
    context = {"terms": newest, "form": form, "next": _safe_next(request)}
    return render(request, "accounts/terms_accept.html", context, status=422 if request.method == "POST" else 200)


def _safe_next(request) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and "\x00" not in wanted else reverse("home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def terms_publish(request):
    require_role(request.user, Role.DIRECTOR)
    newest = current_terms()
    form = PublishTermsForm(request.POST or None, initial={"html": newest.html if newest else ""})
    if form.is_valid():
        publish_terms(html=form.cleaned_data["html"], by=request.user)
        messages.success(request, "The new terms are published. Everybody is asked to accept them.")
        return redirect("terms")
    return render(request, "accounts/terms_publish.html", {"form": form}, status=422 if form.is_bound else 200)
