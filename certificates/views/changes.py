"""What a director changes on one conferred credential: suspend it, lift that, replace it, answer a request for a name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from certificates.actions.replacing import close_name_request, supersede
from certificates.actions.suspension import lift_suspension, suspend
from certificates.enums import NameRequestState
from certificates.forms import CloseNameRequestForm, LiftForm, ReplacementForm, SuspensionForm
from certificates.queries.credentials import credentials_for_director
from certificates.queries.naming import has_another_name, name_requests_for_director
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal
from lms.web.idempotency import once_per_form


def _acted(request, form, act) -> bool:
    """Whether the form is right and the act done; a refusal is put beside the form."""
    if not form.is_valid():
        return False
    require_fresh_password(request)
    try:
        act(**form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _page(request, template: str, form, **context):
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)


def _found(request, pk: int):
    require_role(request.user, Role.DIRECTOR)
    return get_object_or_404(credentials_for_director(request.user), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def suspend_one(request, pk):
    found = _found(request, pk)
    form = SuspensionForm(request.POST or None)
    if _acted(request, form, lambda **words: suspend(found, by=request.user, **words)):
        messages.success(request, "Suspended. The page and the signed status list say so from now on.")
        return redirect("desk_credential", found.pk)
    return _page(request, "certificates/desk/suspend.html", form, credential=found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def lift(request, pk):
    found = _found(request, pk)
    form = LiftForm(request.POST or None)
    if _acted(request, form, lambda **words: lift_suspension(found, by=request.user, **words)):
        messages.success(request, "The suspension is lifted. The certificate is valid again.")
        return redirect("desk_credential", found.pk)
    return _page(request, "certificates/desk/lift.html", form, credential=found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def replace(request, pk):
    found = _found(request, pk)
    asked = found.name_requests.filter(state=NameRequestState.OPEN).first()
    initial = {"reason_class": "holder_request", "corrects_name": True} if asked else {}
    form = ReplacementForm(request.POST or None, initial=initial, recorded_discipline=found.snapshot["discipline"])
    new = []
    if _acted(request, form, lambda **words: new.append(supersede(found, by=request.user, **words))):
        messages.success(request, "Issued anew under a new code. The earlier one reads “Superseded”, without a name.")
        return redirect("desk_credential", new[0].pk)
    names = {"has_another_name": has_another_name(found, found.person), "asked": asked}
    return _page(request, "certificates/desk/replace.html", form, credential=found, **names)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def close_request(request, pk):
    require_role(request.user, Role.DIRECTOR)
    found = get_object_or_404(name_requests_for_director(request.user), pk=pk)
    form = CloseNameRequestForm(request.POST or None)
    if _acted(request, form, lambda **words: close_name_request(found, by=request.user, **words)):
        messages.success(request, "Closed. The holder has been told that there is an answer.")
        return redirect("desk_credential", found.credential_id)
    return _page(request, "certificates/desk/close_request.html", form, asked=found, credential=found.credential)
