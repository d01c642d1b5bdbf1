"""Words put right wherever editions say them: the pure part, the act, and the desk."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.actions import publish_edition, replace_in_editions
from courses.curriculum.asking import fingerprint
from courses.curriculum.models import Body, Edition, Erratum, LessonPage
from courses.curriculum.queries import current_body, places_of_words
from courses.curriculum.replacing import replace_words
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.courses.rollback import rolled_back
from tests.factories.curriculum import make_lesson_page
from tests.web import post, send_form, text_of

ACT = {"old": "10 mg", "new": "1 mg", "reason": "The dose was wrong."}
texts = st.text(alphabet="ab <>&/p", max_size=30)


# Pure ----------------------------------------------------------------------------------------------------------------


@given(st.lists(texts), texts.filter(str.strip))
def test_words_replaced_by_themselves_change_nothing(lines, words):
    source = {
        "title": "T",
        "objectives": lines,
        "blocks": [{"type": "text", "html": f"<p>{line}</p>"} for line in lines],
    }
    assert replace_words(source, words, words)[0] == source


def test_only_what_is_read_changes_and_only_whole_words():
    source = {
        "title": "10 mg",
        "objectives": ["Give 10 mg", "Never 110 mg or 10 mgs"],
        "blocks": [
            {"type": "text", "id": "10 mg", "html": '<p title="10 mg">10 mg &amp; <b>10 mg</b>, 10 <i>mg</i></p>'},
            {"type": "references", "items": [{"key": "10 mg", "text": "10 mg", "doi": "10 mg", "url": "10 mg"}]},
            {"type": "image", "sha256": "x", "name": "10 mg", "width": 10, "alt": "A 10 mg vial"},
        ],
        "links": ["10 mg"],
    }
    changed, count = replace_words(source, "10 mg", "1 mg")
    assert count == 5
    assert changed["title"] == "10 mg"
    assert changed["objectives"] == ["Give 1 mg", "Never 110 mg or 10 mgs"]
    assert changed["blocks"][0]["html"] == '<p title="10 mg">1 mg &amp; <b>1 mg</b>, 10 <i>mg</i></p>'
    assert changed["blocks"][1]["items"] == [{"key": "10 mg", "text": "1 mg", "doi": "10 mg", "url": "10 mg"}]
    assert (changed["blocks"][2]["name"], changed["blocks"][2]["alt"]) == ("10 mg", "A 1 mg vial")


def test_signs_that_mean_something_in_html_are_written_as_text():
    source = {"blocks": [{"html": "<p>BP &lt; 140 &amp; calm</p>", "alt": "BP < 140"}]}
    changed, count = replace_words(source, "BP < 140", "BP < 130 <b>")
    assert (count, changed["blocks"][0]) == (
        2,
        {"html": "<p>BP &lt; 130 &lt;b&gt; &amp; calm</p>", "alt": "BP < 130 <b>"},
    )


def test_a_statement_to_sign_gets_the_fingerprint_of_its_new_text():
    block = {"type": "attestation", "html": "<p>I give 10 mg.</p>", "sha256_of_text": "old"}
    changed, _ = replace_words({"blocks": [block]}, "10 mg", "1 mg")
    assert changed["blocks"][0]["sha256_of_text"] == fingerprint("<p>I give 1 mg.</p>")


# The act -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def editions(pages, cast) -> list[Edition]:
    """Two editions whose lessons differ and both say the wrong dose; a second lesson says it too."""
    first = _publish(pages, cast, "<p>Give 10 mg slowly.</p>")
    make_lesson_page(pages.module, title="Doses", slug="doses", text="<p>Never more than 10 mg, 10 mg in all.</p>")
    return [first, _publish(pages, cast, "<p>Give 10 mg slowly, seated.</p>")]


def _publish(pages, cast, text: str) -> Edition:
    page = LessonPage.objects.get(pk=pages.lesson.pk)
    page.body = [("text", text)]
    page.save_revision().publish()
    return publish_edition(pages.program, by=cast.director)


def said(editions) -> list[str]:
    items = [item for edition in editions for item in edition.items.filter(activity__kind="lesson")]
    return [current_body(item).html for item in items]


def test_the_words_are_put_right_in_every_edition_with_a_row_for_each(editions, pages, cast, audited):
    before = Body.objects.count()
    rolled_back(lambda: replace_in_editions(pages.program.program, by=cast.director, **ACT))
    assert (Erratum.objects.count(), Body.objects.count(), audited("curriculum.erratum.made")) == (0, before, 0)
    errata = replace_in_editions(pages.program.program, by=cast.director, **ACT)
    assert [erratum.item.edition.number for erratum in errata] == [2, 2, 1]
    assert audited("curriculum.erratum.made") == 3
    assert ["10 mg" in html for html in said(editions)] == [False] * 3
    assert all("1 mg" in current_body(erratum.item).search_text for erratum in errata)
    assert AuditEntry.objects.filter(action="curriculum.erratum.made").first().actor == cast.director


def test_files_of_a_corrected_text_stay_with_it(editions, pages, cast):
    for erratum in replace_in_editions(pages.program.program, by=cast.director, **ACT):
        assert set(erratum.new_body.assets.all()) == set(erratum.old_body.assets.all())


def test_what_forbids_it(editions, pages, cast):
    program = pages.program.program
    with pytest.raises(PermissionDenied):
        replace_in_editions(program, by=cast.faculty, **ACT)
    with pytest.raises(Refusal, match="No edition says"):
        replace_in_editions(program, by=cast.director, **ACT | {"old": "99 mg"})
    with pytest.raises(Refusal, match="Say what was wrong"):
        replace_in_editions(program, by=cast.director, **ACT | {"reason": " "})
    with pytest.raises(Refusal, match="other words"):
        replace_in_editions(program, by=cast.director, **ACT | {"new": "10 mg"})
    with pytest.raises(Refusal, match="changed meanwhile"):
        replace_in_editions(program, by=cast.director, **ACT, seen="another")
    assert not Erratum.objects.exists()


# The desk ------------------------------------------------------------------------------------------------------------


def test_a_director_sees_the_places_and_corrects_them_all(editions, pages, cast):
    director, address = cast.client("director"), f"/desk/programs/{pages.program.pk}/replace/"
    page = director.get(address, {"old": "10 mg", "new": "1 mg"})
    assert "Said 4 times, in 2 texts" in text_of(page)
    assert f"/cms/pages/{pages.lesson.pk}/edit/" in page.content.decode()
    answer = send_form(director, page, "Correct all of them", reason="The dose was wrong.")
    assert "Corrected in 3 places." in text_of(answer)
    assert Erratum.objects.count() == 3
    assert "No edition says this" in text_of(director.get(address, {"old": "10 mg", "new": "1 mg"}))


def test_places_that_have_changed_since_they_were_shown_are_shown_again(editions, pages, cast):
    address = f"/desk/programs/{pages.program.pk}/replace/"
    answer = post(cast.client("director"), address, **ACT, seen="of yesterday")
    assert (answer.status_code, "changed meanwhile" in text_of(answer)) == (422, True)


@pytest.mark.parametrize(
    "words", [{"old": "", "new": "x"}, {"old": "a\x00", "new": "x"}, {"old": "x" * 301, "new": "y"}]
)
def test_nonsense_gets_a_sentence(editions, pages, cast, words):
    answer = cast.client("director").get(f"/desk/programs/{pages.program.pk}/replace/", words)
    assert (answer.status_code, set(answer.context["words"].errors)) == (422, {"old"})


@pytest.mark.parametrize("more", [0, 3])
def test_finding_words_asks_the_same_however_many_places_there_are(editions, pages, cast, more):
    for _ in range(more):
        make_lesson_page(pages.module, text="<p>Again 10 mg.</p>")
    if more:
        publish_edition(pages.program, by=cast.director)
    with CaptureQueriesContext(connection) as captured:
        found = places_of_words(pages.program.program, "10 mg")
    assert (len(captured), len(found.places)) == (2, 3 if not more else 8)
