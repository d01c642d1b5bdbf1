"""A lesson or a module on paper: the same gates as the lesson's own page, and nothing of what is locked."""

import pytest

from courses.enrolment.enums import EnrolmentState
from courses.learning.models import ReadingPosition
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.web import text_of


def address(world, item) -> str:
    return f"/learn/{world.enrolment.pk}/{item.slug}/print/"


@pytest.fixture
def client(cast):
    return cast.client("trainee")


def test_a_lesson_says_who_printed_it_when_and_from_which_edition(world, cast, client):
    lesson = world.lessons[0]
    words = text_of(client.get(address(world, lesson)))
    assert f"{lesson.title} says this." in words
    assert f"edition {world.edition.number}. Printed by {cast.trainee.display_name} on" in words


def test_a_module_has_its_lessons_one_after_another_and_no_other(world, client):
    words = text_of(client.get(address(world, world.modules[0])))
    said = [f"{lesson.title} says this." in words for lesson in world.lessons]
    assert said == [True, True, False]


def test_what_is_locked_is_named_and_left_out(cast, client):
    edition = make_edition()
    module = make_module(edition, lessons=1)
    first = module.children.get()
    after = {"after": [str(first.activity.key)]}
    locked = make_item(edition, parent=module, gates=after, html="<p>quinquereme</p>")
    closed = make_module(edition, lessons=1, gates=after)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    answer = client.get(f"/learn/{enrolment.pk}/{module.slug}/print/")
    words = text_of(answer)
    assert ("quinquereme" in answer.content.decode(), f"{locked.title}. Opens when" in words) == (False, True)
    for item in (locked, closed, closed.children.get()):
        assert client.get(f"/learn/{enrolment.pk}/{item.slug}/print/").status_code == 403


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (EnrolmentState.ACTIVE, 200),
        (EnrolmentState.COMPLETED, 200),
        (EnrolmentState.PAUSED, 403),
        (EnrolmentState.WITHDRAWN, 403),
    ],
)
def test_the_state_of_the_enrolment_decides(world, client, state, status):
    world.enrolment.state = state
    world.enrolment.save()
    assert client.get(address(world, world.modules[0])).status_code == status


@pytest.mark.parametrize("name", ["other_trainee", "supervisor", "faculty", "director", "registrar"])
def test_nobody_else_prints_her_lessons(world, cast, name):
    assert cast.client(name).get(address(world, world.lessons[0])).status_code == 404


def test_nothing_unknown_can_be_printed(world, client):
    assert client.get(f"/learn/{world.enrolment.pk}/nonesuch/print/").status_code == 404


def test_printing_moves_no_reading_position(world, client):
    client.get(address(world, world.lessons[0]))
    assert not ReadingPosition.objects.exists()


def test_files_and_references_lead_where_they_lead_on_the_lesson_itself(world, cast, client):
    edition = make_edition()
    module = make_module(edition, lessons=0)
    html = '<p><a href="#ref-A">A</a> <img src="../assets/x/a.png"></p><p id="ref-A">A</p>'
    one, two = (make_item(edition, parent=module, html=html) for _ in range(2))
    enrolment = make_enrolment(cast.trainee, edition=edition)
    page = client.get(f"/learn/{enrolment.pk}/{module.slug}/print/").content.decode()
    assert page.count('src="../../assets/x/a.png"') == 2
    for lesson in (one, two):
        assert f'href="#{lesson.slug}-ref-A"' in page
        assert page.count(f'id="{lesson.slug}-ref-A"') == 1


@pytest.mark.parametrize("lessons", [1, 3])
def test_a_module_asks_four_questions_however_many_lessons_it_has(cast, client, lessons, django_assert_num_queries):
    edition = make_edition()
    module = make_module(edition, lessons=lessons)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    client.get(f"/learn/{enrolment.pk}/{module.slug}/print/")
    with django_assert_num_queries(4):
        client.get(f"/learn/{enrolment.pk}/{module.slug}/print/")


def test_lesson_and_module_lead_to_it(world, client):
    for item in (world.lessons[0], world.modules[0]):
        html = client.get(f"/learn/{world.enrolment.pk}/{item.slug}/").content.decode()
        assert f'href="{address(world, item)}"' in html


def test_paper_says_where_the_lesson_asks_something(cast, client):
    edition = make_edition()
    slots = "".join(f"<!--slot:{kind}:{'0' * 36}-->" for kind in ("check", "attestation"))
    lesson = make_item(edition, parent=make_module(edition, lessons=0), html=slots)
    enrolment = make_enrolment(cast.trainee, edition=edition)
    answer = client.get(f"/learn/{enrolment.pk}/{lesson.slug}/print/")
    assert "Here the lesson has a knowledge check" in text_of(answer)
    assert "Here the lesson has a statement to sign" in text_of(answer)
    assert "<!--slot" not in answer.content.decode()
