"""A trainee's own files of her log, and the page that confirms one to whoever holds it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.enrolment.models import Enrolment
from courses.enrolment.queries import own_enrolments
from lms import codes
from lms.errors import Refusal
from lms.web.errors import too_many_requests
from lms.web.idempotency import once_per_form
from lms.web.limits import is_within_limit
from supervision.exports.actions import ask_for_export, bytes_of
from supervision.exports.enums import FILE_TYPES, ExportKind, FileType, Paper
from supervision.exports.forms import ExportCodeForm, ExportForm
from supervision.exports.presentation import CARDS, card_of, confirmation_of
from supervision.exports.queries import export_by_code, file_of, has_file, own_exports
from supervision.forms.practice import LogFilterForm

SHOWN = 20
LOOKUPS_PER_MINUTE = 30
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@login_required
@require_safe
def export_list(request):
    enrolments, enrolment = _enrolments(request)
    records = own_exports(request.user).filter(enrolment=enrolment)
    context = {
        "enrolments": enrolments,
        "enrolment": enrolment,
        "enrolment_key": str(enrolment.pk),
        "cards": CARDS,
        "records": records[:SHOWN],
    }
    return render(request, "supervision/export_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def export_new(request, kind):
    if kind not in FILE_TYPES:
        raise Http404
    kind = ExportKind(kind)
    _, enrolment = _enrolments(request)
    form = ExportForm(request.POST or None, kind=kind, enrolment=enrolment)
    if form.is_valid():
        try:
            made = _ask(request, enrolment, kind, form)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("export_detail", made.pk)
    context = {
        "form": form,
        "card": card_of(kind),
        "enrolment": enrolment,
        "lacks_signer": kind == ExportKind.LETTER and not form.fields["signer"].choices,
    }
    return render(request, "supervision/export_new.html", context, status=422 if form.is_bound else 200)


def _ask(request, enrolment: Enrolment, kind: ExportKind, form: ExportForm):
    return ask_for_export(
        enrolment,
        kind,
        form.chosen_type,
        form.choices,
        by=request.user,
        paper=form.cleaned_data.get("paper") or Paper.LETTER,
        shows_name=form.cleaned_data.get("shows_name", False),
    )


@login_required
@require_safe
def export_detail(request, pk):
    record = get_object_or_404(own_exports(request.user), pk=pk)
    context = {"record": record, "can_fetch": has_file(record), "card": card_of(ExportKind(record.kind))}
    return render(request, "supervision/export_detail.html", context)


@login_required
@require_safe
def export_file(request, pk):
    """The bytes, for the day on which they are kept."""
    record = get_object_or_404(own_exports(request.user), pk=pk)
    file = file_of(record)
    if file is None:
        raise Http404
    response = HttpResponse(bytes_of(file), content_type=FileType(record.file_type).content_type)
    response["Content-Disposition"] = f'attachment; filename="{record.file_name}"'
    response["Cache-Control"] = "no-store"
    return response


def _enrolments(request) -> tuple[list[Enrolment], Enrolment]:
    """Her enrolments and the one that the address names, or the first open one. Another person's is not found."""
    enrolments = list(own_enrolments(request.user))
    if not enrolments:
        raise PermissionDenied
    form = LogFilterForm(request.GET)
    wanted = form.cleaned_data.get("enrolment") if form.is_valid() else None
    found = [enrolment for enrolment in enrolments if wanted in (None, enrolment.pk)]
    if not found:
        raise Http404
    return enrolments, found[0]


@require_safe
def export_lookup(request):
    """The field for an id; with `?code=` the answer."""
    if "code" not in request.GET:
        return render(request, "supervision/export_lookup.html", {"form": ExportCodeForm()})
    form = ExportCodeForm(request.GET)
    if not form.is_valid():
        return render(request, "supervision/export_lookup.html", {"form": form}, status=422)
    return _confirmation(request, form.cleaned_data["code"])


@require_safe
def export_confirm(request, code):
    return _confirmation(request, codes.normalised(code))


def _confirmation(request, code: str):
    """Whatever was typed wrong, the answer "Not found" is the same, and is counted."""
    if not is_within_limit(request, "export", per_minute=LOOKUPS_PER_MINUTE):
        return too_many_requests(request)
    record = export_by_code(code)
    if record is None:
        return _with_headers(
            render(request, "supervision/export_not_found.html", {"form": ExportCodeForm()}, status=404)
        )
    context = {"record": record, "page": confirmation_of(record)}
    return _with_headers(render(request, "supervision/export_confirm.html", context))


def _with_headers(response):
    for name, value in PRIVATE.items():
        response[name] = value
    return response
