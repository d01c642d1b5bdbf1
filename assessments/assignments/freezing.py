"""How an assignment is frozen into an edition, and what everybody reads of it."""

from typing import Any

from django.template.loader import render_to_string

from assessments.models import AssignmentPage
from courses.curriculum.enums import ActivityKind
from courses.curriculum.freezing import Freezer, Frozen
from courses.curriculum.models.pages import lines_of
from courses.curriculum.plain import text_of_source
from lms.html import clean_html, plain_text

RENDERER_VERSION = 1
SCHEMA = 1


def freeze_assignment(page: AssignmentPage) -> Frozen:
    source = {
        "schema": SCHEMA,
        "title": page.title,
        "brief": str(clean_html(page.brief)),
        "criteria": lines_of(page.criteria),
        "words_most": page.words_most,
        "content_notice": page.content_notice.strip(),
        "objectives": lines_of(page.objectives),
    }
    brief = plain_text(source["brief"])
    words = [page.title, brief, *source["criteria"], *source["objectives"]]
    problems = [] if brief else ["It does not say what is to be written."]
    return Frozen(source=source, search_text=" ".join(filter(None, words)), problems=problems)


def render_assignment(source: dict[str, Any]) -> str:
    return render_to_string("assessments/assignments/public_part.html", {"source": source})


ASSIGNMENT_FREEZER = Freezer(
    ActivityKind.ASSIGNMENT,
    "assessments.AssignmentPage",
    freeze_assignment,
    render_assignment,
    RENDERER_VERSION,
    text_of_source,
)
