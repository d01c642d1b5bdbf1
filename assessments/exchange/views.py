"""The desk's pages for files of questions: read one, see what it would do, import it; write one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import ImportState
from assessments.exchange.actions import apply_import, read_file
from assessments.exchange.formats import FORMATS
from assessments.exchange.forms import ApplyForm, ExportForm, FileForm, ShownForm
from assessments.exchange.planning import State, fingerprint_of
from assessments.exchange.portable import Export, UnusableFile
from assessments.exchange.queries import (
    check_may_exchange,
    import_of,
    imports_of,
    plan_of,
    portable_of,
    published_questions,
)
from assessments.exchange.working import ask_for_import, begin_again
from assessments.models import QuestionImport
from lms.web.idempotency import once_per_form

AT_ONCE = 50  # questions, a moment of work; more are imported in the background
PER_PAGE = 50
REFRESH_SECONDS = 2

STATES = {
    State.NEW: ("New", "info"),
    State.CHANGED: ("Changed", "accent"),
    State.SAME: ("The same", "neutral"),
    State.NAMED: ("Not imported", "waiting"),
}

TONES = {ImportState.DONE: "met", ImportState.READ: "info", ImportState.UNUSABLE: "critical"}


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
        "imports": [_listed(import_) for import_ in imports_of(request.user)],
        "export_form": export_form,
        "export": export,
        "written": sum(1 for row in export.rows if row.portable) if export else 0,
        "incomplete": [row for row in export.rows if row.reason or row.remarks] if export else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/exchange/files.html", context, status=status)


def _listed(import_: QuestionImport) -> dict:
    """One of her files, in the list of those that she brought last."""
    return {
        "import": import_,
        "format": FORMATS[import_.format].label,
        "label": import_.get_state_display(),
        "kind": TONES.get(import_.state, "waiting"),
    }


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
    """What a file says and what importing it would do, row by row; importing exactly that. While it works, how far it is."""
    import_ = import_of(request.user, pk)
    if import_.is_working or import_.state == ImportState.UNUSABLE:
        if request.method == "POST":
            return redirect("question_import", import_.pk)
        context = {"import": import_, "label": FORMATS[import_.format].label, "refresh": REFRESH_SECONDS}
        return render(request, "assessments/exchange/working.html", context)
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _apply(request, import_, form.cleaned_data["fingerprint"])
    context = _report(import_, request.GET)
    return render(request, "assessments/exchange/import.html", context, status=422 if form.is_bound else 200)


def _apply(request, import_: QuestionImport, fingerprint: str):
    if import_.applied_at is None and sum(1 for row in import_.rows if row["portable"]) > AT_ONCE:
        ask_for_import(import_, fingerprint=fingerprint)
    else:
        applied = apply_import(import_, fingerprint=fingerprint, by=request.user)
        messages.success(request, f"{saved_sentence(applied.result)} Publish them in the question bank.")
    return redirect("question_import", import_.pk)


def _report(import_: QuestionImport, query) -> dict:
    plan, bank = plan_of(import_)
    counts = {state.value: sum(item.state == state for item in plan) for state in State}
    form = ShownForm(query)
    shown = form.cleaned_data["state"] if form.is_valid() else ""
    items = [item for item in plan if item.state == shown] if shown else plan
    page = Paginator(items, PER_PAGE).get_page(form.cleaned_data.get("page") or 1)
    page.object_list = [{"item": item, "label": STATES[item.state][0], "kind": STATES[item.state][1]} for item in page]
    return {
        "import": import_,
        "label": FORMATS[import_.format].label,
        "page": page,
        "shown": f"state={shown}" if shown else "",
        "tabs": _tabs(counts, shown),
        "counts": counts,
        "form": ApplyForm(initial={"fingerprint": fingerprint_of(plan, bank)}),
        "total": len(plan),
        "to_save": counts["new"] + counts["changed"],
    }


def _tabs(counts: dict[str, int], shown: str) -> list[dict]:
    """All questions, and those of each state that there is."""
    found = [("", "All", sum(counts.values()))]
    found += [(state.value, label, counts[state]) for state, (label, _) in STATES.items() if counts[state]]
    return [
        {"label": label, "count": count, "current": state == shown, "url": f"?state={state}" if state else "?"}
        for state, label, count in found
    ]


@login_required
@require_POST
@once_per_form
def question_import_again(request, pk):
    """Begin anew what nothing was heard of for a while."""
    begin_again(import_of(request.user, pk))
    return redirect("question_import", pk)


def saved_sentence(result: dict[str, int]) -> str:
    saved = result["new"] + result["changed"]
    return f"{saved} question{'' if saved == 1 else 's'} saved as draft{'' if saved == 1 else 's'}."
