"""Copies of programs, modules and lessons: whole, with links that work among themselves, and activities of their own."""

import json
import re

import pytest
from wagtail.blocks import CharBlock, ListBlock, PageChooserBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.models import Page

from assessments.models import QuizPage
from courses.curriculum import forms
from courses.curriculum.actions import publish_edition
from courses.curriculum.copying import free_slug, relinked_html, relinked_value
from courses.curriculum.models import HomePage, LessonPage, ModulePage, Program, ProgramPage
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from tests.factories.assessments import chosen, make_question
from tests.factories.curriculum import make_lesson_page, make_module_page
from tests.web import text_of

LINK = '<p><a linktype="page" id="{}">see</a></p>'


# The rewriting itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a linktype="page" id="1">x</a>', '<a linktype="page" id="10">x</a>'),
        ('<a id="1" linktype="page">x</a>', '<a id="10" linktype="page">x</a>'),
        ('<a linktype="page" id="3">out</a>', '<a linktype="page" id="3">out</a>'),
        ('<a linktype="document" id="1">x</a>', '<a linktype="document" id="1">x</a>'),
        ('<a href="#ref-A" id="1">x</a>', '<a href="#ref-A" id="1">x</a>'),
        (
            '<a linktype="page" id="x">x</a><a linktype="page">y</a>',
            '<a linktype="page" id="x">x</a><a linktype="page">y</a>',
        ),
        # Each link is looked at once: a copy whose number is another original's is not moved on.
        (
            '<a linktype="page" id="1">x</a><a linktype="page" id="2">y</a>',
            '<a linktype="page" id="10">x</a><a linktype="page" id="1">y</a>',
        ),
    ],
)
def test_only_links_to_copied_pages_change(html, expected):
    assert relinked_html(html, {1: 10, 2: 1}) == expected


class Inner(StructBlock):
    page = PageChooserBlock()
    words = RichTextBlock()
    name = CharBlock()


class Rules(StreamBlock):
    one = Inner()
    many = ListBlock(Inner())
    pages = ListBlock(PageChooserBlock())


def test_choosers_and_texts_change_however_deep_they_stand():
    old = {"page": 1, "words": '<a linktype="page" id="1">x</a>', "name": "1"}
    new = {"page": 10, "words": '<a linktype="page" id="10">x</a>', "name": "1"}
    value = [
        {"type": "one", "value": old, "id": "a"},
        {"type": "many", "value": [{"type": "item", "value": old, "id": "b"}, old], "id": "c"},
        {"type": "pages", "value": [1, 3, None], "id": "d"},
        {"type": "gone", "value": {"page": 1}, "id": "e"},
        {"type": "one", "value": None, "id": "f"},
        {"type": "one", "value": {"gone": 1}, "id": "g"},
    ]
    assert relinked_value(Rules(), value, {1: 10}) == [
        {"type": "one", "value": new, "id": "a"},
        {"type": "many", "value": [{"type": "item", "value": new, "id": "b"}, new], "id": "c"},
        {"type": "pages", "value": [10, 3, None], "id": "d"},
        {"type": "gone", "value": {"page": 1}, "id": "e"},
        {"type": "one", "value": None, "id": "f"},
        {"type": "one", "value": {"gone": 1}, "id": "g"},
    ]


def test_slugs_stay_within_their_length():
    assert free_slug("a", set(), 5) == "a"
    assert free_slug("abcde", {"abcde", "abc-2"}, 5) == "abc-3"


def test_pages_point_at_pages_only_in_texts_and_blocks():
    """What the rewriting does not look at: a relation to a page, on a page of ours or on what hangs on it."""
    models = [HomePage, ProgramPage, ModulePage, LessonPage, QuizPage]
    pointing = {
        f"{model.__name__}.{field.name}"
        for model in models
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and issubclass(field.related_model, Page) and field.model is model
    }
    assert {name for name in pointing if not name.endswith("page_ptr")} == set()


# Copies through the CMS ----------------------------------------------------------------------------------------------


@pytest.fixture
def director(cast):
    return cast.client("director")


@pytest.fixture
def linked(pages):
    """The lesson links to itself, to its neighbour, to its module and to a lesson of another module; the draft too."""
    other = make_lesson_page(make_module_page(pages.program, slug="other"), title="Elsewhere", slug="elsewhere")
    neighbour = make_lesson_page(pages.module, title="Next", slug="next", text=LINK.format(pages.lesson.pk))
    targets = (pages.lesson, neighbour, pages.module, other)
    pages.lesson.body = json.dumps(
        [
            {"type": "text", "value": "".join(LINK.format(page.pk) for page in targets)},
            {"type": "safety", "value": {"title": "Rule", "text": LINK.format(neighbour.pk)}},
        ]
    )
    pages.module.summary = LINK.format(neighbour.pk)
    for page in (pages.lesson, pages.module, neighbour):
        page.save()
        page.save_revision().publish()
    pages.lesson.content_notice = "A draft."
    pages.lesson.save_revision()
    return pages


def copy(client, page, *, slug="copy", parent=None, **choices):
    data = {"new_title": f"Copy of {page.title}", "new_slug": slug, "new_parent_page": (parent or page.get_parent()).pk}
    answer = client.post(f"/cms/pages/{page.pk}/copy/", data | dict.fromkeys(choices, "on"))
    return answer, type(page).objects.filter(title=f"Copy of {page.title}").first()


def linked_ids(page) -> list[int]:
    text = page.to_json().replace("\\", "")
    return [int(number) for number in re.findall(r'linktype="page" id="(\d+)"', text)]


def test_a_copied_program_publishes_an_edition_whose_links_lead_to_its_own_lessons(linked, director, cast):
    before = {page.pk: page.serializable_data() for page in linked.program.get_descendants(inclusive=True).specific()}
    published = publish_edition(linked.program, by=cast.director, leave_out_drafts=True)
    answer, program = copy(director, linked.program, copy_subpages=True, publish_copies=True)
    assert answer.status_code == 302
    edition = publish_edition(program, by=cast.director, leave_out_drafts=True)
    assert (edition.number, edition.items.count()) == (1, published.items.count())
    keys = {str(key) for key in edition.items.values_list("activity__key", flat=True)}
    links = [link for item in edition.items.all() for link in item.body.source.get("links", [])]
    assert (len(links), set(links) - keys) == (7, set())
    assert keys.isdisjoint(str(key) for key in published.items.values_list("activity__key", flat=True))
    assert {pk: Page.objects.get(pk=pk).specific.serializable_data() for pk in before} == before


def test_the_copied_draft_links_to_the_copies_and_is_an_activity_of_its_own(linked, director):
    _, program = copy(director, linked.program, copy_subpages=True, publish_copies=True)
    inside = set(program.get_descendants(inclusive=True).values_list("pk", flat=True))
    lessons = LessonPage.objects.descendant_of(program)
    for lesson in lessons:
        for revision in lesson.revisions.all():
            seen = revision.as_object()
            assert (seen.activity_key, set(linked_ids(seen)) - inside) == (lesson.activity_key, set())
            assert revision.content["activity_key"] == str(lesson.activity_key)
    keys = list(LessonPage.objects.values_list("activity_key", flat=True))
    assert len(set(keys)) == len(keys) == 6
    latest = lessons.get(slug="in-the-room").get_latest_revision_as_object()
    assert (latest.content_notice, len(linked_ids(latest))) == ("A draft.", 5)


def test_a_copied_module_keeps_its_links_to_the_rest_of_the_program(linked, director, cast):
    _, module = copy(director, linked.module, copy_subpages=True, publish_copies=True)
    lesson, neighbour = LessonPage.objects.child_of(module)
    outside = LessonPage.objects.get(slug="elsewhere")
    assert linked_ids(lesson) == [lesson.pk, neighbour.pk, module.pk, outside.pk, neighbour.pk]
    assert linked_ids(module) == [neighbour.pk]
    assert (lesson.slug, neighbour.slug) == ("in-the-room-2", "next-2")
    publish_edition(linked.program, by=cast.director, leave_out_drafts=True)


def test_a_copy_without_its_subpages_links_to_the_originals_but_for_itself(linked, director):
    _, lesson = copy(director, linked.lesson, slug="again")
    assert linked_ids(lesson)[0] == lesson.pk
    assert linked_ids(lesson)[1:] == linked_ids(linked.lesson)[1:]
    assert (lesson.live, lesson.slug) == (False, "again")
    _, module = copy(director, linked.module, slug="alone")
    assert (module.get_descendant_count(), linked_ids(module)) == (0, linked_ids(linked.module))


def test_faculty_copy_as_drafts(linked, cast):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    _, module = copy(cast.client("faculty"), linked.module, copy_subpages=True, publish_copies=True)
    assert {page.live for page in module.get_descendants(inclusive=True)} == {False}
    lesson, neighbour = LessonPage.objects.child_of(module)
    assert linked_ids(lesson.get_latest_revision_as_object())[:2] == [lesson.pk, neighbour.pk]


def test_a_copied_quiz_keeps_its_questions(pages, director, cast):
    quiz = QuizPage(title="Quiz", slug="quiz", intro=LINK.format(pages.lesson.pk))
    quiz.sections = [chosen(make_question(by=cast.director))]
    pages.module.add_child(instance=quiz)
    quiz.save_revision().publish()
    _, module = copy(director, pages.module, copy_subpages=True, publish_copies=True)
    copied = QuizPage.objects.child_of(module).get()
    asked = [
        [[question.pk for question in section.value["questions"]] for section in page.sections]
        for page in (quiz, copied, copied.get_latest_revision_as_object())
    ]
    assert asked[0] == asked[1] == asked[2] != []
    assert copied.activity_key != quiz.activity_key
    assert linked_ids(copied) == [LessonPage.objects.child_of(module).get().pk]


# All or nothing ------------------------------------------------------------------------------------------------------


def test_too_many_pages_are_refused_by_name_before_anything_is_written(linked, director, monkeypatch):
    monkeypatch.setattr(forms, "MOST_COPIED", 5)
    pages, programs = Page.objects.count(), Program.objects.count()
    answer, _ = copy(director, linked.program, copy_subpages=True)
    words = f"“{linked.program.title}” and what stands below it are 6 pages; at most 5 are copied at once."
    assert words in text_of(answer)
    assert (Page.objects.count(), Program.objects.count()) == (pages, programs)
    answer, program = copy(director, linked.program)
    assert (answer.status_code, program.get_descendant_count()) == (302, 0)


def test_a_copy_that_fails_on_the_way_leaves_nothing(linked, director, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("courses.curriculum.wagtail_hooks.relink_copy", fail)
    pages = Page.objects.count()
    with pytest.raises(RuntimeError):
        copy(director, linked.program, copy_subpages=True)
    assert Page.objects.count() == pages


@pytest.mark.parametrize(("parent", "status"), [("", 200), ("999999", 200), ("x", 404), ("9" * 30, 404)])
def test_a_parent_that_is_no_page_is_no_crash(linked, director, parent, status):
    data = {"new_title": "x", "new_slug": "x", "new_parent_page": parent}
    answer = director.post(f"/cms/pages/{linked.lesson.pk}/copy/", data)
    assert (answer.status_code, LessonPage.objects.filter(slug="x").exists()) == (status, False)


# Every door ----------------------------------------------------------------------------------------------------------


def test_no_page_is_offered_as_an_alias_for_that_would_be_one_activity_twice(linked, director):
    assert "alias" not in director.get(f"/cms/pages/{linked.lesson.pk}/copy/").context["form"].fields
    _, lesson = copy(director, linked.lesson, slug="an-alias", alias=True)
    assert (lesson.alias_of, lesson.activity_key != linked.lesson.activity_key) == (None, True)


@pytest.mark.parametrize("action", ["copy", "create_alias", "convert_alias", "copy_for_translation"])
def test_the_editors_own_interface_copies_nothing_past_that_door(linked, director, action):
    pages = Page.objects.count()
    answer = director.post(
        f"/cms/api/main/pages/{linked.lesson.pk}/action/{action}/",
        {"slug": "x", "locale": "en", "recursive": True},
        content_type="application/json",
    )
    assert (answer.status_code, Page.objects.count()) == (404, pages)


@pytest.mark.parametrize(
    ("name", "status"), [("visitor", 302), ("trainee", 302), ("supervisor", 302), ("director", 200)]
)
def test_who_comes_to_the_page_that_copies(linked, cast, name, status):
    assert cast.client(name).get(f"/cms/pages/{linked.lesson.pk}/copy/").status_code == status
