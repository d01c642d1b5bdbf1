"""An editor's look at a page as trainees would read it, made by the renderer of editions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from courses.curriculum.freezing import freezer_for_page
from courses.curriculum.references import moved


def preview(page, request) -> HttpResponse:
    """Freezes the page as it stands in the editor and shows it with what would keep it from being published."""
    freezer = freezer_for_page(page)
    frozen = freezer.freeze(page)
    html = moved(freezer.render(frozen.source), _address)
    context = {"page": page, "html": mark_safe(html), "problems": frozen.problems}  # noqa: S308 - the renderer's own
    return render(request, "curriculum/preview.html", context)


def _address(address: str) -> str:
    """Files come from the editors' own view; other lessons have no address before they are in an edition."""
    return f"/desk/{address}" if address.startswith("assets/") else "#"
