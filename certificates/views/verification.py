"""The verification page: first the verdict, then the facts, how they were checked, and what a certificate is not."""

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from certificates import codes
from certificates.answers import Answer, answer_for, answer_for_nothing
from certificates.extraction.extract import extract
from certificates.extraction.found import NothingFound
from certificates.forms import CodeForm, FileForm
from certificates.presentation import present
from certificates.queries.credentials import credential_by_code, examine
from certificates.queries.files import FileVerdict, judge_file
from certificates.queries.papers import downloads_of
from certificates.uploading import is_too_large, keep_in_memory, let_pass
from lms.web.errors import too_many_requests
from lms.web.limits import is_within_limit

LOOKUPS_PER_MINUTE = 30
# Looking into a file costs more than looking up a code.
FILES_PER_MINUTE = 10
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@csrf_exempt  # until the body has been bounded; `_verify_file` checks the token
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """The fields for a code and for a file; with `?code=` the answer, and with a file sent the answer about it."""
    if request.method == "POST":
        keep_in_memory(request)
        return _too_large(request) if is_too_large(request) else _verify_file(request)
    if "code" not in request.GET:
        return _fields(request)
    form = CodeForm(request.GET)
    if not form.is_valid():
        return _fields(request, form=form, status=422)
    return verification_page(request, lambda: credential_by_code(form.cleaned_data["code"]))


@require_safe
def verify_code(request, code):
    return verification_page(request, lambda: credential_by_code(codes.normalised(code)))


def verification_page(request, find):
    """The page for what `find()` finds. Whatever was typed wrong, the answer "Not found" is the same, and is counted."""
    if not is_within_limit(request, "verify", per_minute=LOOKUPS_PER_MINUTE):
        return too_many_requests(request)
    credential = find()
    if credential is None:
        return _with_headers(render(request, "certificates/not_found.html", status=404))
    context = {
        "page": present(credential, examine(credential)),
        "credential": credential,
        "downloads": downloads_of([credential])[credential.pk],
    }
    return _with_headers(render(request, "certificates/verification.html", context))


def _fields(request, *, form=None, file_form=None, status=200):
    context = {"form": form or CodeForm(), "file_form": file_form or FileForm()}
    return render(request, "certificates/verify.html", context, status=status)


@csrf_protect
def _verify_file(request):
    """Look into the file and forget it. Counted twice: like a code, and by a lower limit of its own."""
    counts = (("verify", LOOKUPS_PER_MINUTE), ("verify-file", FILES_PER_MINUTE))
    if not all(is_within_limit(request, name, per_minute=most) for name, most in counts):
        return too_many_requests(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _with_headers(_fields(request, file_form=form, status=422))
    try:
        verdict = judge_file(extract(form.content))
    except NothingFound as nothing:
        return _file_page(request, answer_for_nothing(nothing), kind=nothing.kind, status=422)
    if verdict.credential is None:
        return _file_page(request, answer_for(verdict), kind=verdict.found.kind)
    return _genuine_page(request, verdict)


def _too_large(request):
    """Said as a page like any other, so what comes in is let pass by unread as far as that stays reasonable."""
    let_pass(request)
    return _with_headers(_fields(request, file_form=FileForm.too_large(), status=413))


def _file_page(request, answer: Answer, *, kind, status=200):
    context = {"answer": answer, "file_kind": kind, "file_form": FileForm()}
    return _with_headers(render(request, "certificates/file.html", context, status=status))


def _genuine_page(request, verdict: FileVerdict):
    """The file carries our unbroken signature; what it is worth today, the register says."""
    context = {
        "page": present(verdict.credential, examine(verdict.credential)),
        "credential": verdict.credential,
        "file_kind": verdict.found.kind,
        "file_count": len(verdict.found.texts),
        "file_form": FileForm(),
    }
    return _with_headers(render(request, "certificates/genuine_file.html", context))


def _with_headers(response):
    for name, value in PRIVATE.items():
        response[name] = value
    return response
