"""A trainee whose cohort came to a later edition: she is told, sees what changed, and keeps what she earned."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.actions import publish_edition
from courses.curriculum.models import Edition, LessonPage
from courses.enrolment.actions import adopt_edition, move_enrolment
from courses.enrolment.enums import EnrolmentState
from courses.enrolment.models import Enrolment
from courses.learning.actions import complete_activity
from courses.learning.models import Completion
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of


def build(cast, *, lessons: int = 2) -> tuple[Enrolment, Edition]:
    """An enrolment that has completed the first lesson, and a later edition that rewrites every lesson of a chain."""
    program_page = make_program_page()
    module = make_module_page(program_page, slug="safety")
    pages = [
        make_lesson_page(
            module, title=f"Lesson {n}", slug=f"lesson-{n}", text="<p>Old words.</p>", opens_after_previous=n > 0
        )
        for n in range(lessons)
    ]
    first = publish_edition(program_page, by=cast.director)
    enrolment = make_enrolment(cast.trainee, cohort=make_cohort(edition=first))
    complete_activity(enrolment, first.items.get(slug="lesson-0"), by=cast.trainee)
    for page in LessonPage.objects.filter(pk__in=[page.pk for page in pages]):
        page.body = [("text", f"<p>New words of {page.slug}.</p>")]
        page.save_revision().publish()
    return enrolment, publish_edition(program_page, by=cast.director, change_note="Clearer words.")


def adopt(enrolment: Enrolment, edition: Edition, by) -> str:
    adopt_edition(enrolment.cohort, edition, by=by, reason="Better.")
    return f"/learn/{enrolment.pk}/changes/list/"


@pytest.fixture
def moved(cast) -> tuple[Enrolment, str]:
    enrolment, later = build(cast, lessons=3)
    return enrolment, adopt(enrolment, later, cast.director)


def test_what_she_completed_stays_completed_and_is_named_where_it_changed(moved, cast):
    enrolment, address = moved
    client = cast.client("trainee")
    answer = client.get(address)
    assert "Clearer words." in text_of(answer)
    assert [line.title for line in answer.context["adopted"][0].completed] == ["Lesson 0"]
    assert Completion.objects.filter(enrolment=enrolment).count() == 1
    assert client.get(f"/learn/{enrolment.pk}/lesson-0/").context["page"].is_done


def test_she_reads_the_words_of_what_is_open_and_the_title_of_what_is_locked(moved, cast):
    answer = cast.client("trainee").get(moved[1])
    page = answer.content.decode()
    assert [wording.item.title for wording in answer.context["page"].object_list] == ["Lesson 0", "Lesson 1"]
    assert "of lesson-1." in page
    assert "of lesson-2." not in page
    assert "Lesson 2" in page


def test_she_is_told_on_her_home_and_outline_until_she_has_looked(moved, cast):
    enrolment, address = moved
    client = cast.client("trainee")
    pages = ("/home/", f"/learn/{enrolment.pk}/")
    assert [address in client.get(page).content.decode() for page in pages] == [True, True]
    client.get(address)
    assert [address in client.get(page).content.decode() for page in pages] == [False, False]


def test_being_told_takes_no_further_question(cast):
    enrolment, later = build(cast)
    client = cast.client("trainee")
    pages = ("/home/", f"/learn/{enrolment.pk}/")
    for page in pages:
        client.get(page)
    before = [queries_of(client, page) for page in pages]
    adopt(enrolment, later, cast.director)
    for page in pages:
        client.get(page)  # the outline of the later edition is asked for once
    assert [queries_of(client, page) for page in pages] == before


def test_whoever_is_paused_reads_no_text_of_it(moved, cast):
    enrolment, address = moved
    move_enrolment(enrolment, EnrolmentState.PAUSED, by=cast.director, reason="Leave.")
    page = cast.client("trainee").get(address).content.decode()
    assert ("Lesson 0" in page, "New words" in page) == (True, False)


def test_without_an_adoption_nothing_has_changed(cast):
    enrolment = make_enrolment(cast.trainee)
    assert "Nothing has changed" in text_of(cast.client("trainee").get(f"/learn/{enrolment.pk}/changes/list/"))


@pytest.mark.parametrize("lessons", [1, 3])
def test_the_page_asks_as_much_for_one_text_as_for_three(cast, lessons):
    enrolment, later = build(cast, lessons=lessons)
    address, client = adopt(enrolment, later, cast.director), cast.client("trainee")
    client.get(address)
    assert queries_of(client, address) == 7


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
