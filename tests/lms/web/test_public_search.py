"""What a visitor finds, what she never finds, and what she is told when there is nothing."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from courses.curriculum.models import HomePage
from lms.institute.models import InstituteSettings
from lms.web import publicsearch
from tests.factories.curriculum import (
    make_edition,
    make_lesson_page,
    make_module,
    make_module_page,
    make_program_page,
    make_teacher,
)
from tests.factories.standards import make_standard_version
from tests.web import text_of

SECRET = "quinquereme"
READS = 10  # four kinds of page, each with its restrictions; the standards; the institute


def search(client, words: str):
    return client.get(reverse("public_search"), {"q": words})


def found(answer) -> list[str]:
    return [hit["page"].title for hit in answer.context["hits"]]


@pytest.fixture
def site(db):
    """Something of every public kind."""
    page = make_program_page(
        title="The program",
        story="<p>Réflexion and <b>stillness</b>.</p>",
        accreditation=[("statement", {"body": "The Northern Board", "statement": "Approved."})],
    )
    make_module_page(page, title="Ethics of touch", objectives="Agree beforehand.")
    make_teacher("Zoë Ångström", about="<p>Stillness is her subject.</p>")
    InstituteSettings.objects.create(refund_policy="<p>All of the fee goes back for fourteen days.</p>")
    return page


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("reflexion", ["The program"]),
        ("RÉFLEXION", ["The program"]),
        ("angstrom", ["Zoë Ångström"]),
        ("zoë COLORADO", ["Zoë Ångström"]),
        ("still", ["The program", "Zoë Ångström"]),
        ("beforehand", ["The program"]),
        ("northern approved", ["The program"]),
        ("fourteen", ["Refunds"]),
        ("nonesuch", []),
        ("", []),
        ("“…”", []),
        ("%_\\' OR 1=1 --", []),
    ],
)
def test_words_are_found_whatever_their_accents_and_capitals(site, client, words, titles):
    answer = search(client, words)
    assert (answer.status_code, sorted(found(answer))) == (200, sorted(titles))


def test_a_place_shows_its_passage_with_the_words_marked_and_leads_to_its_page(site, client):
    answer = search(client, "stillness")
    html = answer.content.decode()
    assert f'<a href="{site.url}">' in html
    assert "Réflexion and <mark>stillness</mark>" in html


def test_the_standard_is_found_by_its_sentences(site, client):
    version = make_standard_version(site.program)
    version.standard.title = "A draft that nobody has published"
    version.standard.save()
    title = version.data["title"]
    assert title in found(search(client, title))
    assert found(search(client, "draft nobody")) == []


def test_no_word_of_a_lesson_a_draft_or_a_hidden_page_is_ever_found(site, client):
    module = site.get_children().get().specific
    make_lesson_page(module, title=f"{SECRET} lesson", text=f"<p>{SECRET}</p>", objectives=SECRET)
    make_module_page(site, title=f"{SECRET} module", live=False)
    make_program_page(title=f"{SECRET} program", live=False)
    make_teacher(f"{SECRET} teacher", live=False)
    hidden = make_teacher(f"{SECRET} hidden")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    edition = make_edition(site.program)
    make_module(edition, title=f"{SECRET} frozen", text=SECRET)
    assert found(search(client, SECRET)) == []


def test_a_module_is_found_by_what_the_syllabus_says_and_leads_to_the_program(site, client):
    [hit] = search(client, "touch").context["hits"]
    assert hit["page"].url == site.url


def test_a_search_asks_the_database_nothing_more_however_much_is_found(site, client, django_assert_num_queries):
    search(client, "stillness")
    for number in range(3):
        make_teacher(f"Stillness {number}")
    for words, count in (("fourteen", 1), ("stillness", 2)):
        with django_assert_num_queries(0):
            assert len(found(search(client, words))) == count
    publicsearch._pages.cache_clear()
    assert len(found(search(client, "stillness"))) == 5


def test_reading_the_pages_anew_asks_as_much_for_three_as_for_one(db, client, django_assert_num_queries):
    def ask(count: int) -> int:
        publicsearch._pages.cache_clear()
        with django_assert_num_queries(READS) as counted:
            assert len(found(search(client, "stillness"))) == count
        return len(counted)

    make_teacher("Stillness 1")
    search(client, "warm")
    ask(1)
    for number in (2, 3):
        page = make_program_page(title=f"Stillness {number}")
        make_module_page(page)
    ask(3)


def test_a_sentence_is_no_search(db, client):
    answer = search(client, "a" * 101)
    assert (answer.status_code, "Use at most 100 signs" in text_of(answer)) == (422, True)


def test_words_of_a_visitor_are_never_markup(db, client):
    assert "<script>" not in search(client, "<script>alert(1)</script>").content.decode().split("<main")[1]


def test_who_finds_nothing_is_shown_ways_on(db, client):
    words = text_of(search(client, "nonesuch"))
    assert ("Nothing found" in words, "Check a certificate" in words, "Sign in, to search the lessons" in words) == (
        True,
        True,
        True,
    )


def test_every_public_page_has_the_field_without_any_script(db, client):
    html = client.get(HomePage.objects.get().url).content.decode()
    assert '<form class="search" method="get" action="/search/" role="search"' in html
