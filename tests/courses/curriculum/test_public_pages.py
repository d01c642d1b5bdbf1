"""The institute's shop window: who teaches, who accredits, which cohorts have room, and what the certificate asks for."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.curriculum.models import FacultyPage, HomePage
from courses.curriculum.models.pages import standing_on
from courses.curriculum.public_blocks import Accreditation
from lms.web.visitors import forget_pages
from tests.factories.curriculum import make_image, make_program_page, make_teacher
from tests.factories.enrolment import make_cohort
from tests.factories.payments import make_sold_cohort
from tests.factories.standards import make_standard_version
from tests.web import text_of

NOT_ACCREDITED = "This program is not accredited by any body."


def said(**fields) -> dict:
    return {"body": "The Board", "statement": "Approved.", "from_day": None, "until_day": None} | fields


def test_a_program_shows_its_faculty_with_what_they_have_learned_in_the_authors_order(db, client):
    first, second, hidden = make_teacher("Ada First"), make_teacher("Bo Second"), make_teacher("Cy Hidden", live=False)
    page = make_program_page(faculty=[("person", teacher) for teacher in (second, hidden, first, second)])
    words = text_of(client.get(page.url))
    assert words.index("Bo Second") < words.index("Ada First")
    assert (words.count("Bo Second"), "Cy Hidden" in words) == (1, False)
    assert "LicencePsychologist, Colorado, 2010" in words


def test_the_home_page_shows_everybody_who_has_a_page_and_those_who_have_none(db, client):
    make_teacher("Ada First")
    home = HomePage.objects.get()
    home.faculty = [("member", {"name": "Old Friend", "role": "Nurse", "about": ""})]
    home.save()
    words = text_of(client.get("/"))
    assert words.index("Ada First") < words.index("Old Friend")


def test_a_profile_has_a_page_of_its_own_and_says_what_she_teaches(db, client):
    teacher = make_teacher("Ada First", portrait=make_image(), portrait_alt="Ada at a window")
    program = make_program_page(title="The program", faculty=[("person", teacher)])
    make_program_page(title="Another one")
    answer = client.get(teacher.url)
    words = text_of(answer)
    assert ("Psychologist" in words, "The program" in words, "Another one" in words) == (True, True, False)
    assert 'alt="Ada at a window"' in answer.content.decode()
    assert 'alt="Ada at a window"' in client.get(program.url).content.decode()


def test_a_portrait_needs_words_for_whoever_does_not_see_it(db):
    page = FacultyPage(title="Ada", slug="ada", profession="Nurse", portrait=make_image())
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert set(refused.value.message_dict) == {"portrait_alt"}


def test_nothing_is_implied_where_nobody_accredits(db, client):
    page = make_program_page()
    assert NOT_ACCREDITED in text_of(client.get(page.url))


def test_an_accreditation_is_shown_in_its_own_words_while_it_stands(db, client):
    today = timezone.localdate()
    shown = said(number="NM-7", from_day=today - timedelta(days=9), until_day=today + timedelta(days=9))
    page = make_program_page(accreditation=[("statement", shown)])
    words = text_of(client.get(page.url))
    assert ("Approved." in words, "Number NM-7." in words, NOT_ACCREDITED in words) == (True, True, False)


@pytest.mark.parametrize(
    ("begins", "ends", "stands"),
    [(None, None, True), (1, 30, True), (10, 10, True), (11, None, False), (None, 9, False), (None, 10, True)],
)
def test_an_accreditation_stands_from_its_first_day_to_its_last(begins, ends, stands):
    day = {n: date(2026, 6, n) for n in (1, 9, 10, 11, 30)}
    statement = said(from_day=day.get(begins), until_day=day.get(ends))
    assert bool(standing_on(day[10], [statement])) is stands


def test_an_accreditation_cannot_end_before_it_begins():
    block = Accreditation()
    values = {"number": "", "url": "", "body": "B", "statement": "S"}
    value = block.to_python(values | {"from_day": "2026-06-10", "until_day": "2026-06-09"})
    with pytest.raises(ValidationError):
        block.clean(value)


def test_the_cohorts_to_come_stand_with_their_fee_zone_and_room(db, client):
    page = make_program_page()
    make_sold_cohort(program=page.program, name="Wide", seats=20)
    make_sold_cohort(program=page.program, name="Tight", seats=3)
    make_cohort(page.program, name="Over", starts_on=timezone.localdate() - timedelta(days=2))
    answer = client.get(page.url)
    cohorts = text_of(answer).split("Cohorts and fees")[1].split("Accreditation")[0]
    assert ("Wide" in cohorts, "Tight" in cohorts, "Over" in cohorts) == (True, True, False)
    assert ("Open" in cohorts, "Last places" in cohorts, "Denver (America)" in cohorts) == (True, True, True)


def test_the_standard_is_read_in_its_own_sentences(db, client):
    page = make_program_page()
    version = make_standard_version(page.program)
    words = text_of(client.get(page.url))
    assert "What the certificate asks for" in words
    assert f'href="/standards/{version.standard_id}/"' in client.get(page.url).content.decode()


def make_many(count: int):
    """A program with so many cohorts, and so many people who teach it."""
    teachers = [
        make_teacher(f"Ada {count} {n}", portrait=make_image(f"Portrait {count} {n}"), portrait_alt="Ada")
        for n in range(count)
    ]
    page = make_program_page(faculty=[("person", teacher) for teacher in teachers])
    make_standard_version(page.program)
    for _ in range(count):
        make_sold_cohort(program=page.program)
    return page


def queries_of(client, address: str) -> int:
    """Of the second look: the first one makes the renditions."""
    for _ in range(2):
        forget_pages()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
    return len(captured)


def test_a_program_page_asks_as_much_for_three_of_everything_as_for_one(db, client):
    one, three = make_many(1), make_many(3)
    assert queries_of(client, one.url) == queries_of(client, three.url)


def test_the_home_page_asks_as_much_for_three_teachers_as_for_one(db, client):
    make_teacher(portrait=make_image("One"), portrait_alt="One")
    one = queries_of(client, "/")
    for name in ("Two", "Three"):
        make_teacher(portrait=make_image(name), portrait_alt=name)
    assert queries_of(client, "/") == one
