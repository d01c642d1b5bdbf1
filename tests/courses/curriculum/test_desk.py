"""The directors' desk over HTTP: who may, what is refused beside the form, how many queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.actions import correct_item, publish_edition
from courses.curriculum.models import Body, Edition, Erratum, LessonPage
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from lms.errors import Refusal
from tests.cast import make_person
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_edition, make_lesson_page, make_program_page
from tests.web import link, post, send_form, text_of

NOTE = {"change_note": "The first.", "effective_from": "2026-12-01"}


def publish_url(pages) -> str:
    return f"/desk/programs/{pages.program.pk}/publish/"


@pytest.fixture
def director(cast):
    return cast.client("director")


@pytest.fixture
def edition(pages, cast) -> Edition:
    return publish_edition(pages.program, by=cast.director)


@pytest.mark.parametrize(
    ("name", "status"), [("trainee", 403), ("supervisor", 403), ("faculty", 403), ("registrar", 403), ("visitor", 302)]
)
def test_only_directors_publish_at_the_desk(pages, cast, name, status):
    client = cast.client(name)
    assert [client.get(address).status_code for address in ("/desk/programs/", publish_url(pages))] == [status, status]
    assert post(client, publish_url(pages), **NOTE).status_code == status
    assert not Edition.objects.exists()


def test_a_director_of_another_program_finds_nothing(pages, client):
    person = make_person("elsewhere")
    grant_role(person, Role.DIRECTOR, by=None, scope=Scope.PROGRAM, scope_id=make_program_page().program_id)
    client.force_login(person)
    assert client.get(publish_url(pages)).status_code == 404


def test_a_director_publishes_by_the_form(pages, director, cast):
    page = director.get("/desk/programs/")
    page = director.get(link(page, "Publish an edition"))
    answer = send_form(director, page, "Publish this edition", change_note="The first.", effective_from="2026-12-01")
    edition = Edition.objects.get()
    assert answer.request["PATH_INFO"] == f"/desk/editions/{edition.pk}/"
    assert (edition.published_by, edition.effective_from) == (cast.director, date(2026, 12, 1))
    assert "Edition 1 is published" in text_of(answer)


def test_a_double_click_publishes_once(pages, director):
    key = "6c1f0b0e-64e2-4a37-9d0f-5a8c4f9d1a11"
    first, second = (post(director, publish_url(pages), form_key=key, **NOTE) for _ in range(2))
    assert (first.headers["Location"], Edition.objects.count()) == (second.headers["Location"], 1)


def test_drafts_stand_beside_the_form_and_may_be_left_out(pages, director):
    make_lesson_page(pages.module, title="Not ready", live=False)
    refused = post(director, publish_url(pages), **NOTE)
    assert refused.status_code == 422
    assert "“Not ready” has never been published." in text_of(refused)
    assert not Edition.objects.exists()
    assert post(director, publish_url(pages), leave_out_drafts="on", **NOTE).status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"change_note": ""},
        {"change_note": "a\x00b"},
        {"change_note": "x" * 4001},
        {"effective_from": ""},
        {"effective_from": "NaN"},
        {"effective_from": "0001-01-01"},
        {"effective_from": "9999-12-31"},
        {"effective_from": "2026-02-30"},
        {"effective_from": "\x00"},
    ],
    ids=str,
)
def test_nonsense_gets_a_sentence_beside_the_field(pages, director, change):
    answer = post(director, publish_url(pages), **NOTE | change)
    assert (answer.status_code, Edition.objects.count()) == (422, 0)
    assert set(answer.context["form"].errors) == set(change)


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_a_page_that_does_not_exist_is_not_found(director, pk):
    for address in (f"/desk/programs/{pk}/publish/", f"/desk/editions/{pk}/", f"/desk/editions/{pk}/x/"):
        assert director.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("director", 200),
        ("faculty_of_all", 200),
        ("registrar", 200),
        ("trainee", 403),
        ("supervisor", 403),
        ("visitor", 302),
    ],
)
def test_staff_read_an_edition_and_nobody_else(edition, cast, name, status):
    cast.faculty_of_all = make_person("faculty_of_all", role=Role.FACULTY)
    client = cast.client(name)
    addresses = [f"/desk/editions/{edition.pk}/", f"/desk/editions/{edition.pk}/in-the-room/"]
    assert [client.get(address).status_code for address in addresses] == [status, status]


def test_an_edition_shows_what_it_says_and_follows_its_links(edition, director, pages):
    assert "In the room" in text_of(director.get(f"/desk/editions/{edition.pk}/"))
    assert "Stay near." in text_of(director.get(f"/desk/editions/{edition.pk}/in-the-room/"))
    answer = director.get(f"/desk/editions/{edition.pk}/to/{pages.lesson.activity_key}/")
    assert answer.headers["Location"] == f"/desk/editions/{edition.pk}/in-the-room/"


# Corrections ---------------------------------------------------------------------------------------------------------


def corrected(pages) -> LessonPage:
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", "<p>Stay nearer.</p>")]
    page.save_revision().publish()
    return LessonPage.objects.get(pk=pages.lesson.pk)


def test_a_correction_is_audited_and_rolls_back_whole(edition, pages, cast, audited):
    page, item = corrected(pages), edition.items.get(slug="in-the-room")
    rolled_back(lambda: correct_item(item, page=page, by=cast.director, reason="A word."))
    assert (audited("curriculum.erratum.made"), Erratum.objects.count(), Body.objects.count()) == (0, 0, 2)
    erratum = correct_item(item, page=page, by=cast.director, reason="A word.")
    assert (audited("curriculum.erratum.made"), erratum.old_body, erratum.by) == (1, item.body, cast.director)


def test_a_correction_that_changes_nothing_or_has_no_reason_is_refused(edition, pages, cast):
    item = edition.items.get(slug="in-the-room")
    with pytest.raises(Refusal, match="says the same"):
        correct_item(item, page=pages.lesson, by=cast.director, reason="A word.")
    with pytest.raises(Refusal, match="Say what was wrong"):
        correct_item(item, page=corrected(pages), by=cast.director, reason=" ")
    with pytest.raises(Refusal, match="another activity"):
        correct_item(item, page=pages.module, by=cast.director, reason="A word.")


def test_a_correction_from_an_unpublished_page_is_refused(edition, pages, cast):
    pages.lesson.title = "Changed"
    pages.lesson.save_revision()
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    with pytest.raises(Refusal, match="changes that are not published"):
        correct_item(edition.items.get(slug="in-the-room"), page=page, by=cast.director, reason="A word.")


def test_only_directors_correct(edition, pages, cast):
    corrected(pages)
    make_person("teacher", role=Role.FACULTY)
    address = f"/desk/editions/{edition.pk}/in-the-room/correct/"
    for name, status in (("registrar", 403), ("trainee", 403), ("supervisor", 403), ("visitor", 302)):
        assert post(cast.client(name), address, reason="A word.").status_code == status
    assert not Erratum.objects.exists()


def test_a_correction_of_a_deleted_page_is_refused_in_words(edition, pages, director):
    pages.lesson.delete()
    answer = post(director, f"/desk/editions/{edition.pk}/in-the-room/correct/", reason="A word.")
    assert (answer.status_code, "is gone" in text_of(answer)) == (422, True)


# Queries -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(director, rows):
    for _ in range(rows):
        make_edition(make_program_page().program)
    director.get("/desk/programs/")
    with CaptureQueriesContext(connection) as captured:
        director.get("/desk/programs/")
    assert sum('"curriculum_' in query["sql"] for query in captured.captured_queries) == 3


def test_the_wide_days_are_within_five_years(pages, director):
    far = date.today() + timedelta(days=6 * 366)
    assert post(director, publish_url(pages), **NOTE | {"effective_from": far.isoformat()}).status_code == 422
