"""The one page of a desk form, shared by the views of these rooms."""

from django.contrib import messages
from django.shortcuts import redirect, render

from lms.accounts.reauthentication import require_fresh_password
from lms.errors import Refusal


def form_page(
    request,
    form,
    *,
    act,
    done: str,
    to: str,
    title: str,
    submit: str,
    lead: str = "",
    danger: bool = False,
    asks_password: bool = False,
    facts: list[dict] | None = None,
    template: str = "desk/form.html",
    more: dict | None = None,
):
    """Show a form, or act on it: `act(**cleaned_data)` does the deed; a refusal is shown above the fields.
    `facts` say what the act changes, from what to what. `asks_password`: only with one given a moment ago.
    `template` extends the usual page with what `more` holds.

    Acting leads to `to` with the message `done`; a form with errors comes back with status 422.
    """
    if form.is_valid():
        if asks_password:
            require_fresh_password(request)
        try:
            act(**form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done)
            return redirect(to)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "submit": submit,
        "back": to,
        "danger": danger,
        "facts": facts,
        **(more or {}),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def sent(request):
    """What a form is bound to: the POST, also one without any field but its key; nothing on GET."""
    return request.POST if request.method == "POST" else None
