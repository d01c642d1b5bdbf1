from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.actions import accept_terms, change_profile, confirm_legal_name, publish_terms
from lms.accounts.enums import Role
from lms.accounts.forms import AcceptTermsForm, LegalNameForm, ProfileForm, PublishTermsForm
from lms.accounts.queries import current_terms, require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form


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
    }


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
