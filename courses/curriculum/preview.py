"""An editor's look at a page, or at a block, as trainees would read it: made by the renderer of editions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import Block

from courses.curriculum.asking import fill_slots, for_staff, inert
from courses.curriculum.blocks import SAMPLE_FILE, FacultyBlocks, LessonBlocks
from courses.curriculum.freezing import Frozen, freezer_for_page
from courses.curriculum.lessons import freeze_block, render_block
from courses.curriculum.references import moved


def preview(page, request) -> HttpResponse:
    """Freezes the page as it stands in the editor and shows it with what would keep it from being published."""
    freezer = freezer_for_page(page)
    frozen = freezer.freeze(page)
    html = for_staff(moved(freezer.render(frozen.source), _address), frozen.source)
    context = {"page": page, "html": mark_safe(html), "problems": frozen.problems}  # noqa: S308 - the renderer's own
    return render(request, "curriculum/preview.html", context)


def sample_of_block(block: Block, value: Any) -> SafeString:
    """One block as a lesson shows it, for the editor's list of blocks.

    A block that shows files has its sample in `Meta.sample`, as it would be frozen: nothing is stored to show it.
    Any other has it in `Meta.preview_value`.
    """
    if FacultyBlocks.base_blocks.get(block.name) is block:
        return render_to_string("curriculum/faculty_member.html", {"member": value})
    if LessonBlocks.base_blocks.get(block.name) is not block:
        return block.render(value)
    sample = getattr(block.meta, "sample", None)
    frozen = Frozen({}, "")
    source = {"type": block.name} | sample if sample else freeze_block(block.name, value, frozen)
    html = moved(render_block(source, frozen.source.get("files", {})), _address)
    return mark_safe(fill_slots(html, lambda kind, block_id: inert(source)))  # noqa: S308 - the renderer's own


def _address(address: str) -> str:
    """Files come from the editors' own view; other lessons have no address before they are in an edition."""
    if SAMPLE_FILE in address:
        return static("brand/sample.svg")
    return f"/desk/{address}" if address.startswith("assets/") else "#"
