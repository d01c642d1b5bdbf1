"""Staff look at a cohort's edition as a trainee sees it who begins today; looking writes nothing."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import Asset, EditionItem
from courses.enrolment.models import Enrolment
from courses.learning.models import Completion, ReadingPosition
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role, Scope
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import grant_faculty, make_cohort
from tests.web import post, text_of


@pytest.fixture
def cohort(db):
    """Ethics, then Safety that opens after it, then a quiz; the second lesson of Ethics links to the first."""
    edition = make_edition()
    ethics = make_module(edition, lessons=2, title="Ethics", slug="ethics")
    first, _ = ethics.children.order_by("position")
    html = (
        f'<p>Read <a href="../to/{first.activity.key}/">this</a>.</p><img src="../assets/{"a" * 64}/hand.png" alt="">'
    )
    linked = make_item(edition, parent=ethics, title="With a link", slug="with-a-link", html=html)
    gates = {"after": [str(ethics.activity.key)]}
    safety = make_item(edition, kind=ActivityKind.MODULE, title="Safety", slug="safety", gates=gates)
    make_item(edition, parent=safety, title="Locked lesson", slug="locked-lesson")
    make_item(edition, kind=ActivityKind.QUIZ, parent=ethics, title="The quiz", slug="the-quiz")
    assert linked.position == 4
    return make_cohort(edition=edition, name="Autumn")


@pytest.fixture
def look(cast, cohort):
    """A page of the director's look, by its address below the cohort."""
    director = cast.client("director")
    return lambda rest="", **more: director.get(f"/desk/cohorts/{cohort.pk}/as-trainee/{rest}", **more)


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Enrolment, Completion, ReadingPosition))


def test_the_outline_is_that_of_somebody_who_begins_today(look):
    page = look()
    words = text_of(page)
    assert "As a trainee sees it who begins today in Autumn, edition 1." in words
    assert "0 of 4 done" in words
    assert "Opens when you have completed “Ethics”." in words
    html = page.content.decode()
    assert ("/learn/0/" in html, 'href="ethics/"' in html, 'href="locked-lesson/"' in html) == (False, True, False)


def test_a_lesson_shows_its_text_with_her_outline_at_the_side(look, cohort):
    page = look("with-a-link/").content.decode()
    assert "Mark as complete and go on" in page
    assert f'href="/desk/cohorts/{cohort.pk}/as-trainee/ethics/"' in page
    assert f'href="/desk/editions/{cohort.edition_id}/with-a-link/"' in page
    assert "/learn/" not in page.split("<main", 1)[1]


def test_links_and_files_stay_inside_the_look(look, cohort, tmp_path):
    first = EditionItem.objects.filter(parent__slug="ethics").order_by("position").first()
    answer = look(f"to/{first.activity.key}/")
    assert answer.headers["Location"] == f"/desk/cohorts/{cohort.pk}/as-trainee/{first.slug}/"
    assert look(f"assets/{'a' * 64}/hand.png").status_code == 404
    kept = ContentFile(b"png", name="b.png")
    asset = Asset.objects.create(sha256="b" * 64, file=kept, name="hand.png", content_type="image/png", size=3)
    first.body.assets.add(asset)
    assert b"".join(look(f"assets/{'b' * 64}/hand.png").streaming_content) == b"png"


def test_what_is_locked_for_her_says_why(look):
    for slug in ("safety", "locked-lesson"):
        page = look(f"{slug}/")
        assert "Opens when you have completed “Ethics”." in text_of(page)
        assert "says this." not in page.content.decode()


def test_a_quiz_is_read_at_the_desk(look, cohort):
    assert look("the-quiz/").headers["Location"] == f"/desk/editions/{cohort.edition_id}/the-quiz/"
    assert '"/desk/cohorts' in look("ethics/").content.decode()
    assert "/quiz/" not in look("ethics/").content.decode()


def test_looking_writes_nothing_and_buttons_lead_nowhere(look, cast, cohort):
    before = rows()
    for slug in ("", "ethics/", "with-a-link/", "safety/"):
        look(slug)
    page = look("with-a-link/").content.decode()
    assert "<form inert" in page
    director = cast.client("director")
    assert director.post(f"/desk/cohorts/{cohort.pk}/as-trainee/with-a-link/").status_code == 405
    assert post(director, "/learn/0/with-a-link/complete/").status_code == 404
    assert rows() == before


def test_a_look_asks_for_no_more_when_the_edition_is_longer(look, cohort):
    look("with-a-link/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        look("with-a-link/")
    longer = make_edition(cohort.program)
    for _ in range(3):
        make_module(longer, lessons=3)
    other = make_cohort(edition=longer)
    slug = longer.items.exclude(parent=None).first().slug
    look(f"../../{other.pk}/as-trainee/{slug}/")
    with CaptureQueriesContext(connection) as many:
        look(f"../../{other.pk}/as-trainee/{slug}/")
    assert len(few) >= len(many)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("visitor", 302),
        ("trainee", 403),
        ("supervisor", 403),
        ("registrar", 403),
        ("other_faculty", 404),
        ("director", 200),
    ],
)
def test_who_may_look(cast, cohort, name, status):
    grant_faculty(cast.other_faculty, make_cohort())
    assert cast.client(name).get(f"/desk/cohorts/{cohort.pk}/as-trainee/ethics/").status_code == status


def test_faculty_of_the_cohort_look_and_a_quiz_says_what_it_is(cast, cohort):
    grant_faculty(cast.faculty, cohort)
    faculty = cast.client("faculty")
    page = faculty.get(f"/desk/cohorts/{cohort.pk}/as-trainee/ethics/")
    assert "The text at the desk" not in text_of(page)
    assert "See it as a trainee does" in text_of(faculty.get(f"/desk/cohorts/{cohort.pk}/"))
    quiz = faculty.get(f"/desk/cohorts/{cohort.pk}/as-trainee/the-quiz/")
    assert "A quiz is taken, not read." in text_of(quiz)


def test_from_an_edition_at_the_desk_one_chooses_the_cohort(cast, cohort):
    grant_role(cast.faculty, Role.FACULTY, by=None, scope=Scope.PROGRAM, scope_id=cohort.program_id)
    faculty, edition = cast.client("faculty"), cohort.edition_id
    item = faculty.get(f"/desk/editions/{edition}/ethics/").content.decode()
    address = f"/desk/editions/{edition}/ethics/as-trainee/"
    assert f'href="{address}"' in item
    assert faculty.get(address).headers["Location"] == f"/desk/cohorts/{cohort.pk}/as-trainee/ethics/"
    make_cohort(edition=cohort.edition, name="Winter")
    assert "Winter" in text_of(faculty.get(address))
    unread = make_module(make_edition(cohort.program))
    assert "No cohort reads this edition" in text_of(
        faculty.get(f"/desk/editions/{unread.edition_id}/{unread.slug}/as-trainee/")
    )
    assert faculty.get(f"/desk/editions/{edition}/nothing/as-trainee/").status_code == 404


def test_the_outline_leads_to_a_quiz_by_its_address_here(look):
    html = look("").content.decode()
    assert ">The quiz</a>" in html
    assert 'href="the-quiz/"' in html
    assert "/quiz/" not in html
