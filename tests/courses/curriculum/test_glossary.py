"""The glossary in the CMS, and how its words are frozen into an edition and shown in a lesson."""

import lxml.html
import pytest
from django.core.exceptions import ValidationError

from courses.curriculum.actions import publish_edition
from courses.curriculum.compiling import compile_program
from courses.curriculum.models import GlossaryTerm, LessonPage
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program, make_program_page, make_term

EVIL = "\"'><b id=evil></dfn><script>alert(1)</script>"


def _glossary(*terms: GlossaryTerm) -> dict:
    return {"type": "glossary", "value": [term.pk for term in terms]}


def _text(html: str) -> dict:
    return {"type": "text", "value": html}


def _body(pages, cast, *blocks: dict):
    make_lesson_page(pages.module, slug="words", blocks=list(blocks))
    return publish_edition(pages.program, by=cast.director).items.select_related("body").get(slug="words").body


def _problems(pages, *blocks: dict) -> list[str]:
    make_lesson_page(pages.module, title="Bad", blocks=list(blocks))
    return compile_program(pages.program).problems


def test_the_first_place_of_a_word_in_a_lesson_shows_its_meaning(pages, cast):
    term = make_term("dissociation", definition="A loosening.", other_spellings="dissociates")
    blocks = [
        _text("<h2>Dissociation</h2><p>She dissociates. Dissociation passes.</p>"),
        {"type": "safety", "value": {"title": "x", "text": "<p>Dissociation may frighten.</p>"}},
        _glossary(term),
    ]
    body = _body(pages, cast, *blocks)
    html = lxml.html.fromstring(f"<div>{body.html}</div>")
    (word,) = html.xpath("//dfn")
    assert (word.text, word.get("data-definition")) == ("dissociates", "A loosening.")
    assert html.get_element_by_id(word.get("aria-describedby")).text_content().strip() == "A loosening."
    assert html.xpath("//dl//dt/text()") == ["dissociation"]
    assert "A loosening." in body.search_text


def test_an_edition_keeps_what_a_word_meant_when_it_was_published(pages, cast):
    term = make_term("dissociation", definition="What it meant.")
    body = _body(pages, cast, _text("<p>Dissociation.</p>"), _glossary(term))
    GlossaryTerm.objects.update(definition="What it means now.")
    body.refresh_from_db()
    assert "What it meant." in body.html
    assert [item["definition"] for item in body.source["blocks"][1]["terms"]] == ["What it meant."]
    assert str(term.pk) not in str(body.source["blocks"][1]["terms"])
    second = publish_edition(pages.program, by=cast.director)
    assert "What it means now." in second.items.get(slug="words").body.html


def test_words_outside_the_texts_are_left_alone(pages, cast):
    term = make_term("consent")
    table = {
        "caption": "consent",
        "columns": [{"type": "text", "heading": "consent"}],
        "rows": [{"values": ["consent"]}],
    }
    blocks = [
        {"type": "table", "value": {"table": table, "first_column_names_rows": True}},
        {
            "type": "references",
            "value": [{"key": "A1", "text": "On consent", "doi": "", "url": "https://example.org/consent"}],
        },
    ]
    assert "<dfn" not in _body(pages, cast, *blocks, _glossary(term)).html


def test_a_word_that_is_gone_or_of_another_program_is_refused(pages):
    gone, other = make_term("gone"), make_term("theirs", program=make_program())
    mine = make_term("ours", program=pages.program.program)
    pk = gone.pk
    gone.delete()
    block = {"type": "glossary", "value": [pk, other.pk, mine.pk]}
    assert _problems(pages, block, _glossary(mine)) == [
        "“Bad”: In block 1 (Glossary), a word no longer exists.",
        "“Bad”: It has more than one glossary. Put its words into one.",
        "“Bad”: Its glossary has “theirs”, a word of another program.",
    ]


def test_a_word_keeps_its_slug_and_no_two_have_the_same(db):
    first, second = make_term("Set"), make_term("set", program=make_program())
    assert (first.slug, second.slug) == ("set", "set-2")
    first.term = "Mindset"
    first.save()
    assert GlossaryTerm.objects.get(pk=first.pk).slug == "set"
    assert make_term("ß").slug == "term"


def _faults(**fields) -> dict[str, list[str]]:
    try:
        GlossaryTerm(**{"definition": "x"} | fields).full_clean(exclude=["slug"])
    except ValidationError as error:
        return error.message_dict
    return {}


def test_a_spelling_belongs_to_one_word(db):
    mine, theirs = make_program(), make_program()
    make_term("Map", other_spellings="maps", program=mine)
    taken = "“{}” already belongs to the term “Map”."
    assert _faults(term="  map ") == {"term": [taken.format("Map")]}
    assert _faults(term="chart", other_spellings="Maps\n", program=mine) == {"other_spellings": [taken.format("maps")]}
    assert _faults(term="map", program=theirs) == {}
    assert _faults(term="chart", other_spellings="\n".join("abcdefghijklm")) == {
        "other_spellings": ["At most 11 other spellings."]
    }


def test_no_word_of_the_glossary_becomes_a_part_of_the_page(pages, cast):
    term = make_term("consent", definition=EVIL, other_spellings=EVIL)
    GlossaryTerm.objects.update(slug='x"><b id=evil>')
    html = lxml.html.fromstring(f"<div>{_body(pages, cast, _text('<p>Consent.</p>'), _glossary(term)).html}</div>")
    assert html.xpath("//script | //*[@id='evil']") == []
    assert html.xpath("//dfn/@data-definition") == [EVIL]


@pytest.mark.parametrize(
    ("name", "status"), [("director", 200), ("faculty", 200), ("registrar", 302), ("trainee", 302)]
)
def test_directors_and_faculty_write_the_glossary(cast, name, status):
    grant_role(cast.faculty, Role.FACULTY, by=None)
    assert cast.client(name).get("/cms/snippets/curriculum/glossaryterm/").status_code == status


def test_a_director_writes_a_word_and_is_told_when_it_is_taken(cast):
    director, address = cast.client("director"), "/cms/snippets/curriculum/glossaryterm/add/"
    form = {"term": "set", "definition": "What one brings.", "other_spellings": "mindset", "program": ""}
    assert director.post(address, form).status_code == 302
    assert GlossaryTerm.objects.get().slug == "set"
    answer = director.post(address, form | {"term": "Mindset", "other_spellings": ""})
    assert "“mindset” already belongs to the term “set”." in answer.content.decode()
    assert GlossaryTerm.objects.count() == 1


def test_a_lesson_of_another_program_may_use_a_shared_word(cast):
    program = make_program_page()
    lesson = make_lesson_page(make_module_page(program), blocks=[_text("<p>Set.</p>"), _glossary(make_term("set"))])
    assert compile_program(program).problems == []
    assert LessonPage.objects.get(pk=lesson.pk).body[1].value[0].term == "set"
