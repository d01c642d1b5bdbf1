"""The desk's hour maps: of an edition with its files, and of the pages that would make the next one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.curriculum.models import Edition
from courses.curriculum.queries import editions_for_staff, program_pages_for_staff
from courses.curriculum.rules import can_publish
from courses.learning.hours.paper import draw_hour_map
from courses.learning.hours.queries import hours_of_draft, hours_of_edition
from courses.learning.hours.report import COLUMNS, csv_rows, file_name, report_of
from lms.accounts.enums import Role
from lms.accounts.queries import require_role
from lms.institute.queries import institute
from lms.web.spreadsheets import as_csv


@login_required
@require_safe
def edition_hours(request, pk):
    edition = _edition(request, pk)
    context = {"edition": edition, "report": report_of(hours_of_edition(edition), edition.program)}
    return render(request, "learning/hours/edition.html", context)


@login_required
@require_safe
def edition_hours_csv(request, pk):
    edition = _edition(request, pk)
    text = as_csv(COLUMNS, csv_rows(hours_of_edition(edition)))
    return _file(text, "text/csv; charset=utf-8", file_name(edition, "csv"))


@login_required
@require_safe
def edition_hours_pdf(request, pk):
    edition = _edition(request, pk)
    report = report_of(hours_of_edition(edition), edition.program)
    pdf = draw_hour_map(report, edition, institute=institute().name, made_at=timezone.now().replace(microsecond=0))
    return _file(pdf, "application/pdf", file_name(edition, "pdf"))


@login_required
@require_safe
def draft_hours(request, pk):
    """As it would be: of the pages as they are published now."""
    _require_staff(request)
    page = get_object_or_404(program_pages_for_staff(request.user), id=pk)
    context = {
        "program_page": page,
        "report": report_of(hours_of_draft(page), page.program),
        "may_publish": can_publish(request.user, page.program),
    }
    return render(request, "learning/hours/draft.html", context)


def _require_staff(request) -> None:
    require_role(request.user, Role.DIRECTOR, Role.FACULTY, Role.REGISTRAR)


def _edition(request, pk: int) -> Edition:
    _require_staff(request)
    return get_object_or_404(editions_for_staff(request.user), pk=pk)


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
