from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.standards.actions import publish_standard
from courses.standards.definition import Definition, changes_between, problems_of
from courses.standards.enums import Bucket
from courses.standards.forms import PublishForm
from courses.standards.queries import (
    definition_of,
    draft_definition,
    newest_version,
    public_standards,
    standards_for,
    versions_of,
)
from courses.standards.registry import effects_of
from courses.standards.rules import can_edit, can_publish
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.errors import Refusal
from lms.web.idempotency import once_per_form
from lms.web.paging import page_number

PER_PAGE = 25


@login_required
@require_safe
def standard_list(request):
    require_role(request.user, Role.DIRECTOR, Role.REGISTRAR)
    page = Paginator(standards_for(request.user), PER_PAGE).get_page(page_number(request))
    return render(request, "standards/desk_list.html", {"page": page, "may_edit": can_edit(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def standard_desk(request, pk):
    """The draft beside what is published, the effect of publishing it, and the act itself."""
    standard = get_object_or_404(standards_for(request.user), pk=pk)
    may_publish = can_publish(request.user, standard)
    if request.method == "POST" and not may_publish:
        raise PermissionDenied
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            version = publish_standard(standard, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, f"Version {version.number} is published. Cohorts opened from now on can be pinned to it."
            )
            return redirect("desk_standard", standard.pk)
    context = _draft_context(standard) | {"form": form, "may_publish": may_publish, "may_edit": can_edit(request.user)}
    return render(request, "standards/desk_detail.html", context, status=422 if form.is_bound else 200)


def _draft_context(standard) -> dict:
    draft, newest = draft_definition(standard), newest_version(standard)
    problems = problems_of(draft, program=standard.program_id)
    changes = changes_between(definition_of(newest) if newest else None, draft)
    return {
        "standard": standard,
        "draft": draft,
        "newest": newest,
        "problems": problems,
        "changes": changes,
        "effects": effects_of(standard, draft) if changes and not problems else [],
        "versions": versions_of(standard),
    }


@require_safe
def standard_public(request, pk, number=None):
    """A published version in plain words, for anybody; the newest one unless a number is asked for."""
    standard = get_object_or_404(public_standards(), pk=pk)
    newest = newest_version(standard)
    version = newest if number is None else get_object_or_404(standard.versions, number=number)
    definition = definition_of(version)
    context = {
        "standard": standard,
        "version": version,
        "definition": definition,
        "newest": newest,
        "buckets": _by_bucket(definition),
        "versions": standard.versions.order_by("-number"),
    }
    return render(request, "standards/public.html", context)


def _by_bucket(definition: Definition) -> list[tuple[str, list]]:
    """The category definitions stored with the version, grouped as the totals are."""
    groups = [(bucket, [c for c in definition.categories.values() if c.bucket == bucket]) for bucket in Bucket]
    return [(bucket.label, categories) for bucket, categories in groups if categories]
