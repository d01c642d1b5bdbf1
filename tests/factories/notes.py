"""A trainee's own notes and bookmarks, and lessons with parts to write them on."""

from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment
from courses.learning.models import Bookmark, Note

FIRST, SECOND = "0b1c2d3e-0000-4000-8000-000000000001", "0b1c2d3e-0000-4000-8000-000000000002"
PARTS = {
    FIRST: "<h2>Consent</h2><p>Ask before every touch.</p><p>Ask again in the room.</p>",
    SECOND: "<p>Read the cuff every ten minutes.</p>",
}


def html_of(parts: dict[str, str] = PARTS) -> str:
    """The HTML of a lesson with these parts, as the renderer writes it."""
    return "\n".join(
        f'<div class="stack-l" id="block-{key}"><div class="prose">{html}</div></div>' for key, html in parts.items()
    )


def make_note(enrolment: Enrolment, lesson: EditionItem, **fields) -> Note:
    values = {"quotation": "", "text": ""} | fields
    return Note.objects.create(enrolment=enrolment, activity_id=lesson.activity_id, **values)


def make_bookmark(enrolment: Enrolment, lesson: EditionItem) -> Bookmark:
    return Bookmark.objects.create(enrolment=enrolment, activity_id=lesson.activity_id)
