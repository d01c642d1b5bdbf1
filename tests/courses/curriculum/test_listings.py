"""The lists of modules and lessons in the CMS."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.models import Topic
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from tests.factories.curriculum import make_lesson_page, make_module_page
from tests.web import text_of

LESSONS, MODULES = "/cms/curriculum_lessons/", "/cms/curriculum_modules/"


@pytest.fixture
def lessons(pages):
    """Beside “In the room”: one reviewed and due soon, one due later with unpublished changes, and a draft."""
    review = {"reviewer": "Dr A. Reyes", "reviewed_on": date(2026, 1, 5)}
    make_lesson_page(pages.module, title="Due soon", next_review_on=date(2026, 3, 1), topic="touch", **review)
    later = make_lesson_page(pages.module, title="Due later", next_review_on=date(2027, 3, 1), **review)
    later.objectives = "Another."
    later.save_revision()
    make_lesson_page(pages.module, title="A draft", live=False)
    return pages


@pytest.fixture
def director(cast):
    return cast.client("director")


def test_a_list_says_what_each_lesson_credits_and_how_far_it_is(lessons, director):
    words = text_of(director.get(LESSONS))
    for said in (
        "Due soon",
        "Ethics of touch",
        "5 Jan 2026",
        "1 Mar 2026",
        "Dr A. Reyes",
        "Not yet",
        "A draft",
    ):
        assert said in words


def test_a_topic_stands_there_in_the_words_of_those_who_keep_it(lessons, director):
    words = text_of(director.get(LESSONS))
    assert "Touch" in words.split("Due soon")[1].split("Dr A. Reyes")[0]
    Topic.objects.create(key="touch", label="Consent to touch")
    assert "Consent to touch" in text_of(director.get(LESSONS)).split("Due soon")[1].split("Dr A. Reyes")[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"In the room", "Due soon", "Due later", "A draft"}),
        ({"due_by": "2026-06-01"}, {"Due soon"}),
        ({"reviewed": "true"}, {"Due soon", "Due later"}),
        ({"reviewed": "false"}, {"In the room", "A draft"}),
        ({"has_unpublished_changes": "true"}, {"Due later"}),
        ({"live": "false"}, {"A draft"}),
        ({"due_by": "nonsense"}, {"In the room", "Due soon", "Due later", "A draft"}),
    ],
)
def test_lessons_are_filtered_by_review_and_by_what_is_unpublished(lessons, director, query, expected):
    assert {page.title for page in director.get(LESSONS, query).context["object_list"]} == expected


def test_modules_say_whether_everybody_needs_them(pages, director):
    make_module_page(pages.program, title="Group work", is_core=False)
    words = text_of(director.get(MODULES))
    assert ("Everybody" in words, "Elective" in words) == (True, True)
    found = director.get(MODULES, {"is_core": "false"}).context["object_list"]
    assert [page.title for page in found] == ["Group work"]


@pytest.mark.parametrize(
    ("name", "status"), [("visitor", 302), ("trainee", 302), ("supervisor", 302), ("faculty", 200), ("director", 200)]
)
def test_only_who_may_write_pages_sees_the_lists(lessons, cast, name, status):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    assert [cast.client(name).get(url).status_code for url in (LESSONS, MODULES)] == [status, status]


def test_the_lists_stand_in_the_menu(pages, director):
    page = director.get("/cms/").content.decode()
    assert (LESSONS in page, MODULES in page) == (True, True)


def test_a_longer_list_asks_for_no_more(pages, director):
    director.get(LESSONS)
    with CaptureQueriesContext(connection) as few:
        director.get(LESSONS)
    for _ in range(3):
        make_lesson_page(pages.module)
    with CaptureQueriesContext(connection) as many:
        director.get(LESSONS)
    assert len(many) <= len(few)
