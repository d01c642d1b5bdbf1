"""Drafts and revisions: what changed between two of them is shown field by field and block by block."""

import lxml.html
import pytest
from wagtail.models import Comment, Page

from assessments.models import QuizPage
from courses.curriculum.models import HomePage, LessonPage
from tests.courses.curriculum.editing import comment_on, press
from tests.factories.curriculum import make_document, make_image, make_lesson_page

REFERENCE = {"key": "A1", "text": "First words", "doi": "", "url": ""}


def blocks(number: str, image, document) -> list[dict]:
    """One block of each kind, with something in it that differs by `number`."""
    values = [
        ("text", f"<p>Text {number}</p>"),
        (
            "image",
            {"image": {"image": image.pk, "alt_text": "A hand", "decorative": False}, "caption": f"Seen {number}"},
        ),
        ("safety", {"title": "A rule", "text": f"<p>Rule {number}</p>"}),
        ("vignette", {"title": "A case", "text": "<p>Case</p>", "questions": [f"Question {number}"]}),
        ("document", {"document": document.pk, "title": f"Paper {number}"}),
        ("references", [REFERENCE | {"text": f"Authors {number}"}]),
    ]
    return [
        {"type": kind, "value": value, "id": f"00000000-0000-4000-8000-00000000000{place}"}
        for place, (kind, value) in enumerate(values)
    ]


def compare(client, page: Page) -> dict[str, str]:
    """What the page of comparisons says, by the label of the field."""
    answer = client.get(f"/cms/pages/{page.pk}/revisions/compare/earliest...latest/")
    assert answer.status_code == 200
    rows = lxml.html.fromstring(answer.content.decode()).xpath("//table[contains(@class, 'listing')]//tbody/tr")
    cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in rows]
    return {row[0].rstrip(":"): row[1] for row in cells if len(row) > 1}


def revise(page, **changes) -> Page:
    page.save_revision()
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision()
    return page


def test_every_kind_of_block_shows_what_changed_in_it(pages, cast):
    image, document = make_image(), make_document()
    lesson = make_lesson_page(pages.module, blocks=blocks("one", image, document))
    field = LessonPage._meta.get_field("body")
    revise(lesson, body=field.to_python(blocks("two", image, document)))
    shown = compare(cast.client("director"), lesson)["Body"]
    for words in ("Text", "Seen", "Rule", "Question", "Paper", "Authors"):
        assert f"{words} onetwo" in shown, shown


def test_a_new_and_a_removed_block_are_shown(pages, cast):
    lesson = pages.lesson
    field = LessonPage._meta.get_field("body")
    revise(lesson, body=field.to_python([{"type": "safety", "value": {"title": "New rule", "text": "<p>Stay.</p>"}}]))
    shown = compare(cast.client("director"), lesson)["Body"]
    assert {"Stay near." in shown, "New rule" in shown} == {True}


@pytest.mark.parametrize(
    ("kind", "changes", "labels"),
    [
        (
            "module",
            {"title": "Other", "summary": "<p>Other</p>", "objectives": "One.", "is_core": False, "minutes": 7},
            {"Title", "Summary", "Objectives", "Required of everybody", "Minutes"},
        ),
        (
            "lesson",
            {"content_notice": "Hard.", "topic": "touch", "opens_after_previous": True, "reviewer": "Dr A."},
            {"Content notice", "Topic", "Opens after previous", "Reviewer"},
        ),
        (
            "program",
            {"tagline": "Other", "story": "<p>Other</p>", "outcomes": "One.", "facts": "A: b"},
            {"Tagline", "Story", "Outcomes", "Facts"},
        ),
        ("home", {"promise": "Other", "introduction": "<p>Other</p>"}, {"Promise", "Introduction"}),
        ("quiz", {"intro": "<p>Other</p>", "pass_percent": 90}, {"Intro", "Pass mark"}),
    ],
)
def test_every_kind_of_page_shows_which_fields_changed(pages, cast, kind, changes, labels):
    make = {
        "home": HomePage.objects.get,
        "quiz": lambda: pages.module.add_child(instance=QuizPage(title="Quiz", slug="quiz")),
    }
    page = make[kind]() if kind in make else getattr(pages, kind)
    shown = compare(cast.client("director"), revise(page, **changes))
    assert set(shown) == labels


def test_a_draft_is_seen_by_editors_and_is_not_live(pages, cast):
    director = cast.client("director")
    press(director, pages.lesson, "action-save", objectives="Say what touch is for.")
    assert not LessonPage.objects.get(pk=pages.lesson.pk).objectives
    assert "Say what touch is for." in director.get(f"/cms/pages/{pages.lesson.pk}/view_draft/").content.decode()
    newest = LessonPage.objects.get(pk=pages.lesson.pk).latest_revision
    assert director.get(f"/cms/pages/{pages.lesson.pk}/revisions/{newest.pk}/revert/").status_code == 200


def test_a_comment_stands_on_a_block_until_it_is_resolved(pages, cast):
    director = cast.client("director")
    block = str(pages.lesson.body.raw_data[0]["id"])
    press(director, pages.lesson, "action-save", comments=comment_on(f"body.{block}", "Whose words are these?"))
    comment = Comment.objects.get()
    assert (comment.contentpath, comment.resolved_at) == (f"body.{block}", None)
