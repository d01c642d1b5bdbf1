"""What changed between editions, as the desk shows it."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.actions import correct_item, publish_edition
from courses.curriculum.changes import compare_editions, facts_in_words, in_words, wordings
from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Edition, LessonPage
from tests.factories.curriculum import (
    make_edition,
    make_item,
    make_lesson_page,
    make_module,
    make_module_page,
    make_program_page,
)
from tests.web import text_of


def rewrite(page, **fields) -> None:
    page = LessonPage.objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


@pytest.fixture
def two(pages, cast) -> tuple[Edition, Edition]:
    """Two editions: a lesson rewritten, one new, one gone, one renamed and longer, one moved."""
    gone = make_lesson_page(pages.module, title="Old law", slug="old-law")
    longer = make_lesson_page(pages.module, title="Consent", slug="consent")
    moving = make_lesson_page(pages.module, title="Notes", slug="notes")
    other = make_module_page(pages.program, title="Practice", slug="practice", minutes=15, topic="ethics")
    first = publish_edition(pages.program, by=cast.director)
    rewrite(pages.lesson, body=[("text", "<p>Stay nearer.</p>")])
    rewrite(longer, title="Consent, again and again", minutes=75)
    LessonPage.objects.get(pk=gone.pk).unpublish()
    LessonPage.objects.get(pk=moving.pk).move(other, pos="last-child")
    make_lesson_page(pages.module, title="Aftercare", slug="aftercare")
    return first, publish_edition(pages.program, by=cast.director, leave_out_drafts=True)


def told(first: Edition, second: Edition) -> dict[str, list[str]]:
    return {
        section.title: [f"{line.item.title} {line.detail}".strip() for line in section.lines]
        for section in in_words(compare_editions(first, second))
    }


def test_everything_that_changed_is_told_in_words(two):
    assert told(*two) == {
        "New": ["Aftercare"],
        "Taken out": ["Old law"],
        "Moved": ["Notes"],
        "Renamed": ["Consent, again and again before: “Consent”"],
        "What counts": [
            "Consent, again and again time: 1 h 15 min, before: 10 min",
            "Consent, again and again credited: 1 h 15 min Ethics (self-study), before: 10 min Ethics (self-study)",
        ],
        "Text changed": ["In the room", "Consent, again and again"],
    }


def test_the_desk_shows_it_and_the_words(two, cast):
    first, second = two
    answer = cast.client("director").get(f"/desk/editions/{second.pk}/changes/{first.pk}/")
    page = answer.content.decode()
    assert "Old law" in page
    assert [word in page for word in ("<ins>", "<del>", "Taken out: ")] == [True] * 3
    assert "Stay New: nearer." in " ".join(text_of(answer).replace("Taken out: near. (end of taken out) ", "").split())


def test_a_correction_that_the_next_edition_has_too_is_no_change(pages, cast):
    first = publish_edition(pages.program, by=cast.director)
    rewrite(pages.lesson, body=[("text", "<p>Stay nearer.</p>")])
    second = publish_edition(pages.program, by=cast.director)
    assert list(told(first, second)) == ["Text changed"]
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    correct_item(first.items.get(slug="in-the-room"), page=page, by=cast.director, reason="A word.")
    assert told(first, second) == {}


def test_the_publish_page_tells_what_the_next_edition_changes(pages, cast):
    director = cast.client("director")
    publish_edition(pages.program, by=cast.director)
    address = f"/desk/programs/{pages.program.pk}/publish/"
    assert "Nothing yet." in text_of(director.get(address))
    make_lesson_page(pages.module, title="Aftercare", slug="aftercare")
    answer = director.get(address)
    assert "What changes since edition 1" in text_of(answer)
    assert [section.title for section in answer.context["changes"]] == ["New"]


def test_editions_of_two_programs_are_not_compared(pages, cast):
    first, other = publish_edition(pages.program, by=cast.director), make_edition(make_program_page().program)
    assert cast.client("director").get(f"/desk/editions/{first.pk}/changes/{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("gates", "words"),
    [
        ({}, ""),
        ({"after": ["k"]}, "after “Ethics”"),
        ({"on": "2026-12-01", "days": 14}, "on 1 Dec 2026 and 14 days after the cohort begins"),
        ({"scores": [["k", 80]]}, "with 80% in “Ethics”"),
    ],
)
def test_gates_are_told_in_words(gates, words):
    row = {
        "minutes": 0,
        "topic": "",
        "credits": [],
        "is_core": True,
        "gates": gates,
        "completed_by": "read",
        "review": {},
        "activity__kind": "lesson",
    }
    assert facts_in_words(row, {"k": "Ethics"})["Opens"] == words


def test_two_hundred_rewritten_lessons_are_compared_in_a_moment(db):
    """A fixed number of queries, and only the bodies of a page of ten are read."""
    first = make_edition()
    make_module(first, lessons=200)
    second = make_edition(first.program)
    for item in first.items.select_related("activity"):
        make_item(second, kind=ActivityKind(item.activity.kind), activity=item.activity)
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        changes = compare_editions(first, second)
        texts = wordings(changes.edited[:10])
    assert (len(changes.edited), len(texts), len(captured)) == (201, 10, 5)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("lessons", [1, 3])
def test_the_page_asks_as_much_for_one_text_as_for_three(pages, cast, lessons):
    written = [make_lesson_page(pages.module, slug=f"l{number}") for number in range(lessons)]
    first = publish_edition(pages.program, by=cast.director)
    for page in written:
        rewrite(page, body=[("text", "<p>Rewritten.</p>")])
    second = publish_edition(pages.program, by=cast.director)
    director, address = cast.client("director"), f"/desk/editions/{second.pk}/changes/{first.pk}/"
    director.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert len(director.get(address).context["page"].object_list) == lessons
    assert sum('"curriculum_' in query["sql"] for query in captured.captured_queries) == 5
