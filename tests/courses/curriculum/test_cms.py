"""Writing in the CMS: programs are made with their page, lessons are previewed and never served openly."""

import pytest
from django.core.management import call_command
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.curriculum.actions import publish_edition
from courses.curriculum.freezing import _freezers, freezer_for_kind
from courses.curriculum.lessons import LESSON_FREEZER, RENDERER_VERSION
from courses.curriculum.models import Body, HomePage, LessonPage, ProgramPage
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from tests.factories.curriculum import make_image, make_lesson_page
from tests.web import text_of


@pytest.fixture
def director(cast):
    return cast.client("director")


def test_home_is_the_front_page_of_the_site(db, client):
    home = HomePage.objects.get()
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    assert client.get("/").status_code == 200


def test_a_visitor_reads_home_and_program_and_finds_no_lesson(pages, client):
    assert pages.program.title in text_of(client.get("/"))
    words = text_of(client.get(pages.program.url))
    assert ("Ethics of touch" in words, "Stay near." in words) == (True, False)
    assert [client.get(page.url).status_code for page in (pages.module, pages.lesson)] == [404, 404]


@pytest.mark.parametrize("name", ["trainee", "supervisor", "registrar"])
def test_members_find_no_lesson_at_its_own_address(pages, cast, name):
    assert cast.client(name).get(pages.lesson.url).status_code == 404


def test_an_editor_is_led_to_the_preview_made_by_the_same_renderer(pages, director):
    answer = director.get(pages.lesson.url)
    assert answer.headers["Location"] == f"/cms/pages/{pages.lesson.pk}/view_draft/"
    assert '<div class="prose"><p>Stay near.</p></div>' in director.get(answer.headers["Location"]).content.decode()


def test_the_preview_names_what_would_be_refused_and_shows_images(pages, director):
    blocks = [
        {"type": "image", "value": {"image": {"image": make_image().pk, "alt_text": "A hand"}, "caption": ""}},
        {"type": "text", "value": '<p><a href="#ref-Nobody">x</a></p>'},
        {"type": "document", "value": {"document": 99, "title": "Lost"}},
    ]
    lesson = make_lesson_page(pages.module, blocks=blocks)
    page = director.get(f"/cms/pages/{lesson.pk}/view_draft/")
    words = text_of(page)
    assert "In block 2 (Text), a citation names “Nobody”, which is not among the references of the lesson." in words
    assert "In block 3 (Document), the document “Lost” no longer exists." in words
    source = page.content.decode().split('<img src="/desk/assets/')[1].split('"')[0]
    assert b"".join(director.get(f"/desk/assets/{source}").streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "status"), [("trainee", 404), ("supervisor", 404), ("visitor", 302)])
def test_the_files_of_previews_are_for_editors(pages, cast, name, status):
    assert cast.client(name).get(f"/desk/assets/{'a' * 64}/x.png").status_code == status


def program_form(**fields) -> dict:
    values = {"title": "Touch", "slug": "touch", "tagline": "", "outcomes": "", "facts": ""}
    texts = {"story": rich_text("<p>A story.</p>"), "who_for": rich_text("")}
    texts |= {"faculty": streamfield([]), "accreditation": streamfield([])}
    return nested_form_data(values | texts | {"action-publish": "1"} | fields)


def test_a_director_makes_a_program_with_its_page(director, audited):
    home = HomePage.objects.get()
    answer = director.post(f"/cms/pages/add/curriculum/programpage/{home.pk}/", program_form())
    assert answer.status_code == 302
    page = ProgramPage.objects.get(slug="touch")
    assert (page.program.title, audited("curriculum.program.created")) == ("Touch", 1)
    page.get_latest_revision().publish()
    assert ProgramPage.objects.get(slug="touch").program == page.program


def test_a_copied_program_page_gets_a_program_of_its_own(pages, director):
    address = f"/cms/pages/{pages.program.pk}/copy/"
    data = {
        "new_title": "Copy",
        "new_slug": "copy",
        "new_parent_page": HomePage.objects.get().pk,
        "publish_copies": "on",
    }
    assert director.post(address, data).status_code == 302
    copy = ProgramPage.objects.get(slug="copy")
    assert copy.program is not None
    assert copy.program != pages.program.program


def test_a_director_writes_a_lesson_in_the_editor(pages, director):
    data = {
        "title": "Written",
        "slug": "written",
        "minutes": "12",
        "topic": "ethics",
        "credits": streamfield([]),
        "release": streamfield([]),
        "objectives": "One.\nTwo.",
        "content_notice": "",
        "completed_by": "read",
        "reviewer": "",
        "reviewed_on": "",
        "next_review_on": "",
        "body": streamfield([("text", rich_text("<p>Words.</p>"))]),
        "action-publish": "1",
    }
    address = f"/cms/pages/add/curriculum/lessonpage/{pages.module.pk}/"
    answer = director.post(address, nested_form_data(data))
    assert answer.status_code == 302
    page = LessonPage.objects.get(slug="written")
    assert (page.live, text_of(director.get(f"/cms/pages/{page.pk}/view_draft/")).count("Words.")) == (True, 1)


def test_a_review_needs_its_reviewer_and_comes_before_the_next(pages, director):
    data = {
        "title": "Reviewed",
        "slug": "reviewed",
        "minutes": "999999",
        "topic": "no spaces please",
        "credits": streamfield([]),
        "release": streamfield([]),
        "objectives": "",
        "content_notice": "",
        "completed_by": "read",
        "reviewer": "",
        "reviewed_on": "2026-05-01",
        "next_review_on": "2026-04-01",
        "body": streamfield([]),
        "action-publish": "1",
    }
    answer = director.post(f"/cms/pages/add/curriculum/lessonpage/{pages.module.pk}/", nested_form_data(data))
    assert set(answer.context["form"].errors) == {"minutes", "topic", "reviewer"}


def test_the_way_to_publishing_stands_in_the_cms_for_directors(pages, director, cast):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    address = f"/desk/programs/{pages.program.pk}/publish/"
    for page in (pages.program, pages.module, pages.lesson):
        assert address in director.get(f"/cms/pages/{page.pk}/edit/").content.decode()
    assert address not in cast.client("faculty").get(f"/cms/pages/{pages.lesson.pk}/edit/").content.decode()


# Rendering anew ------------------------------------------------------------------------------------------------------


def test_editions_are_rendered_anew_when_the_renderer_changes(pages, cast, monkeypatch, capsys):
    edition = publish_edition(pages.program, by=cast.director)
    newer = type(LESSON_FREEZER)(
        **vars(LESSON_FREEZER) | {"renderer_version": RENDERER_VERSION + 1, "render": lambda source: "<p>New</p>"}
    )
    call_command("render_editions")
    monkeypatch.setitem(_freezers, "curriculum.lessonpage", newer)
    call_command("render_editions")
    call_command("render_editions")
    said = capsys.readouterr().out.splitlines()
    assert said == [f"Rendered {count} pages anew." for count in (0, 1, 0)]
    body = edition.items.get(slug="in-the-room").body
    assert (body.html, body.renderer_version) == ("<p>New</p>", RENDERER_VERSION + 1)
    assert freezer_for_kind("module").renderer_version == Body.objects.get(kind="module").renderer_version


def test_home_shows_faculty_and_the_program_page_its_facts(pages, client):
    home = HomePage.objects.get()
    home.faculty = [("member", {"name": "Ruth Feldman", "role": "Faculty", "about": ""})]
    home.save()
    pages.program.facts = "Format: online\nno colon here"
    pages.program.save()
    assert "Ruth Feldman Faculty" in text_of(client.get("/"))
    assert pages.program.fact_list == [{"label": "Format", "value": "online"}]
