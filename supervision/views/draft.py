"""Saving a form as it is typed, and throwing a draft away."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from courses.enrolment.queries import enrolment_for_trainee
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from supervision.actions.draft import DraftIsNewer, discard_unfinished, save_unfinished
from supervision.forms.practice import DraftForm, typed_in
from supervision.queries.draft import own_drafts, said_when


@require_http_methods(["GET", "HEAD", "POST"])
def practice_autosave(request, pk):
    """Keeps what is typed. Not once per form: it is an upsert on (enrolment, draft), ordered by the sequence it carries.

    Asked with GET it gives the form a fresh token, for whoever signed in again beside it.
    """
    if not request.user.is_authenticated:
        sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': reverse('practice_new')})}"
        return JsonResponse({"message": "You are signed out.", "sign_in": sign_in}, status=401)
    enrolment = enrolment_for_trainee(request.user, pk)
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": "This page is out of date. Reload it."}, status=422)
    key, sequence = form.cleaned_data["draft_key"], form.cleaned_data["draft_sequence"]
    try:
        draft = save_unfinished(enrolment, key=key, sequence=sequence, typed=typed_in(request.POST), by=request.user)
    except Refusal as refusal:
        is_newer = isinstance(refusal, DraftIsNewer)
        return JsonResponse({"message": refusal.message, "newer": is_newer}, status=409)
    return JsonResponse({"saved": said_when(draft), "sequence": draft.sequence})


@login_required
@require_POST
@once_per_form
def practice_draft_discard(request, pk):
    draft = get_object_or_404(own_drafts(request.user), pk=pk)
    discard_unfinished(draft, by=request.user)
    messages.success(request, "The draft is discarded.")
    return redirect("practice_list")
