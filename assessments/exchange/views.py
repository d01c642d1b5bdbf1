"""The desk's pages for files of questions: read one, see what it would do, import it; write one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assessments.exchange.actions import apply_import, read_file
from assessments.exchange.formats import FORMATS
from assessments.exchange.forms import ApplyForm, ExportForm, FileForm
from assessments.exchange.planning import State, fingerprint_of
from assessments.exchange.portable import Export, UnusableFile
from assessments.exchange.queries import check_may_exchange, import_of, plan_of, portable_of, published_questions
from lms.web.idempotency import once_per_form

SAVED_IN_A_SECOND = 400  # or more; the page says how long saving takes

STATES = {
    State.NEW: ("New", "info"),
    State.CHANGED: ("Changed", "accent"),
    State.SAME: ("The same", "neutral"),
    State.NAMED: ("Not imported", "waiting"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def question_files(request):
    """Choose a file to read; and choose a format to write, with what it cannot say."""
    check_may_exchange(request.user)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            import_ = _read(form, request.user)
        except UnusableFile as unusable:
            form.add_error("file", str(unusable))
        else:
            return redirect("question_import", import_.pk)
    export_form = ExportForm(request.GET if "format" in request.GET else None)
    export = _export(export_form) if export_form.is_bound and export_form.is_valid() else None
    context = {
        "form": form,
        "export_form": export_form,
        "export": export,
        "written": sum(1 for row in export.rows if row.portable) if export else 0,
        "incomplete": [row for row in export.rows if row.reason or row.remarks] if export else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/exchange/files.html", context, status=status)


def _read(form: FileForm, user):
    data = form.cleaned_data
    return read_file(data["file"].read(), data["format"], topic=data["topic"], by=user)


def _export(form: ExportForm) -> Export:
    questions = published_questions(form.cleaned_data["topic"])
    return FORMATS[form.cleaned_data["format"]].write([portable_of(question) for question in questions])


@login_required
@require_safe
def question_file(request):
    """The file itself."""
    check_may_exchange(request.user)
    form = ExportForm(request.GET)
    if not form.is_valid():
        return redirect("question_files")
    format_ = FORMATS[form.cleaned_data["format"]]
    response = HttpResponse(_export(form).content, content_type=format_.content_type)
    name = f"questions-{format_.name}-{timezone.localdate():%Y-%m-%d}.{format_.extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def question_import(request, pk):
    """What a file says and what importing it would do, row by row; importing exactly that."""
    import_ = import_of(request.user, pk)
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        applied = apply_import(import_, fingerprint=form.cleaned_data["fingerprint"], by=request.user)
        messages.success(request, f"{saved_sentence(applied.result)} Publish them in the question bank.")
        return redirect("question_import", import_.pk)
    plan, bank = plan_of(import_)
    context = {
        "import": import_,
        "label": FORMATS[import_.format].label,
        "rows": [{"item": item, "label": STATES[item.state][0], "kind": STATES[item.state][1]} for item in plan],
        "counts": {state.value: sum(item.state == state for item in plan) for state in State},
        "form": ApplyForm(initial={"fingerprint": fingerprint_of(plan, bank)}),
        "total": len(plan),
    }
    context["to_save"] = context["counts"]["new"] + context["counts"]["changed"]
    context["seconds"] = context["to_save"] // SAVED_IN_A_SECOND
    return render(request, "assessments/exchange/import.html", context, status=422 if form.is_bound else 200)


def saved_sentence(result: dict[str, int]) -> str:
    saved = result["new"] + result["changed"]
    return f"{saved} question{'' if saved == 1 else 's'} saved as draft{'' if saved == 1 else 's'}."
