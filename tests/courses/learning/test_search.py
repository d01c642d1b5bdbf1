"""Search in an edition: what is found, in which order, what is shown of it, and what is never told."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.models import Body, Erratum
from courses.enrolment.enums import EnrolmentState
from lms.web.finding import LENGTH, find, fold, text_of, words_of
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.web import link, send_form
from tests.web import text_of as words_on

# The words ------------------------------------------------------------------------------------------------------------


@given(st.text())
def test_folding_keeps_every_sign_in_its_place(text):
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ångström", ("angstrom",)),
        ("  set AND setting, set ", ("set", "and", "setting")),
        ("mg/kg", ("mg", "kg")),
        ("0.5", ("0", "5")),
        ("“…” — !", ()),
        ("", ()),
        ("a b c d e f g h i j", tuple("abcdefgh")),
    ],
)
def test_a_query_is_its_words_without_accents_and_capitals(query, words):
    assert words_of(query) == words


TEXTS = {
    1: text_of("Set and setting", "Set and setting The room, the music and the blood pressure cuff."),
    2: text_of("Going home", "Nobody drives. Blood pressure is back where it was; the setting no longer matters."),
    3: text_of("Ketamine", "A dissociative. Dissociation is dose-dependent, and dissociation ends."),
}


@pytest.mark.parametrize(
    ("query", "items"),
    [
        ("blood pressure", [1, 2]),
        ("pressure BLOOD", [1, 2]),
        ("dissoc", [3]),
        ("setting", [1, 2]),  # in the title before in the text
        ("sociation", []),  # where a word begins, not in its middle
        ("blood ketamine", []),  # all of them in one place
        (".*", []),
    ],
)
def test_every_word_must_begin_some_word_of_the_item(query, items):
    assert [hit.item for hit in find(TEXTS, words_of(query)).hits] == items


def test_more_often_comes_first_and_equals_keep_their_order():
    texts = {1: text_of("A", "cuff"), 2: text_of("B", "cuff cuff"), 3: text_of("C", "cuff")}
    assert [hit.item for hit in find(texts, ["cuff"]).hits] == [2, 1, 3]


def test_the_passage_is_around_the_first_match_and_marks_each():
    text = text_of("Title", "Word " * 100 + "here the Cuff is taken off, and a cuff lies there. " + "End " * 100)
    (hit,) = find({1: text}, ["cuff"]).hits
    assert [part.text for part in hit.passage if part.is_match] == ["Cuff", "cuff"]
    shown = "".join(part.text for part in hit.passage)
    assert shown.startswith("… Word")
    assert shown.endswith("End …")
    assert len(shown) <= LENGTH + 4


def test_the_passage_is_where_most_of_the_words_stand():
    text = text_of("Title", "Pressure falls. " + "Word " * 100 + "blood pressure " + "Word " * 100)
    (hit,) = find({1: text}, ["blood", "pressure"]).hits
    assert [part.text for part in hit.passage if part.is_match] == ["blood", "pressure"]


words = st.text(st.sampled_from("aäbß İé .,-"), max_size=60)


@given(words, words, st.lists(st.sampled_from(["a", "b", "ab", "s", "e"]), max_size=4))
def test_marking_loses_no_sign_of_the_title_and_shows_a_piece_of_the_text(title, text, query):
    item = text_of(title, text)
    for hit in find({1: item}, query).hits:
        assert "".join(part.text for part in hit.title) == item.title
        shown = "".join(part.text for part in hit.passage).removeprefix("… ").removesuffix(" …")
        assert shown in item.text
        assert all(fold(part.text).startswith(tuple(query)) for part in hit.passage if part.is_match)


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(cast):
    """An edition of one module: an open lesson, and one that opens when the first is complete."""
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Safety")
    first = make_item(edition, parent=module, title="Watching the body", text="Read the cuff <b>every</b> ten minutes.")
    gates = {"after": [str(first.activity.key)]}
    second = make_item(
        edition, parent=module, title="A closed room", text="The cuff and a peculiar zebra.", gates=gates
    )
    return make_enrolment(cast.trainee, edition=edition), first, second


def ask(client, enrolment, query):
    return client.get(reverse("learn_search", args=[enrolment.pk]), {"q": query})


def test_she_searches_from_her_outline_and_follows_what_is_found(cast, library):
    enrolment, first, _ = library
    client = cast.client("trainee")
    page = send_form(client, client.get(reverse("learn_outline", args=[enrolment.pk])), "Search", q="Cuffs cuff")
    assert "Nothing found" in words_on(page)
    page = send_form(client, page, "Search", q="CUFF")
    assert "1 place" in words_on(page)
    assert "Read the <mark>cuff</mark> &lt;b&gt;every&lt;/b&gt; ten minutes." in page.content.decode()
    assert link(page, "Watching the body") == reverse("learn_item", args=[enrolment.pk, first.slug])


def test_what_is_not_open_is_not_searched_and_does_not_show_by_a_count(cast, library):
    enrolment, first, second = library
    client = cast.client("trainee")
    for query in ("zebra", "closed room"):
        page = ask(client, enrolment, query)
        assert "Nothing found" in words_on(page)
        assert second.title not in words_on(page)
        assert "not open to you yet are not searched" in words_on(page)
    client.post(
        reverse("learn_complete", args=[enrolment.pk, first.slug]), {"form_key": "5d4c1c1e-6f0a-4f6e-9d5e-1f2f3a4b5c6d"}
    )
    page = ask(client, enrolment, "zebra")
    assert second.title in words_on(page)
    assert "not searched" not in words_on(page)


def test_a_correction_is_found_at_once_and_what_it_replaced_no_more(cast, library):
    enrolment, first, _ = library
    client = cast.client("trainee")
    assert "1 place" in words_on(ask(client, enrolment, "ten"))
    new = Body.objects.create(
        sha256="c" * 64,
        kind="lesson",
        source={},
        html="",
        renderer_version=1,
        search_text="Watching the body Every five.",
    )
    Erratum.objects.create(item=first, old_body=first.body, new_body=new, reason="Five.", by=cast.director)
    assert "Nothing found" in words_on(ask(client, enrolment, "ten"))
    assert "1 place" in words_on(ask(client, enrolment, "five"))


@pytest.mark.parametrize("name", ["other_trainee", "supervisor", "faculty", "director", "registrar"])
def test_nobody_else_searches_in_her_edition(cast, library, name):
    assert ask(cast.client(name), library[0], "cuff").status_code == 404


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN])
def test_whoever_may_not_read_may_not_search(cast, library, state):
    enrolment = library[0]
    type(enrolment).objects.filter(pk=enrolment.pk).update(state=state)
    page = ask(cast.client("trainee"), enrolment, "cuff")
    assert page.status_code == 403
    assert "every" not in words_on(page)  # what the lesson says


def test_a_query_that_is_no_search_is_refused_beside_its_field(cast, library):
    client = cast.client("trainee")
    page = ask(client, library[0], "x" * 101)
    assert (page.status_code, "Use at most 100 signs" in words_on(page)) == (422, True)
    assert ask(client, library[0], "\x00").status_code == 422
    assert ask(client, library[0], "").status_code == 200


def test_of_very_many_the_best_are_shown(cast):
    edition = make_edition()
    module = make_module(edition, lessons=0)
    for _ in range(60):
        make_item(edition, parent=module, text="cuff")
    enrolment = make_enrolment(cast.trainee, edition=edition)
    page = ask(cast.client("trainee"), enrolment, "cuff")
    assert "Add a word to find fewer" in words_on(page)
    assert "The best 20 of 60 places" in words_on(page)


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_the_same_queries_for_one_and_three(cast, count, django_assert_num_queries):
    edition = make_edition()
    module = make_module(edition, lessons=0)
    for _ in range(count):
        make_item(edition, parent=module, text="cuff")
    enrolment = make_enrolment(cast.trainee, edition=edition)
    client = cast.client("trainee")
    ask(client, enrolment, "cuff")
    with django_assert_num_queries(4):
        ask(client, enrolment, "cuff")
