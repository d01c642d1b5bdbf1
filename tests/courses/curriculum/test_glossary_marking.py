"""Marking the words of a glossary: the right words, once, and never a sign of the text changed."""

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.curriculum.glossary import Marker
from lms.html import clean_html


def _term(term: str, *spellings: str, definition: str = "What it means.") -> dict:
    slug = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in term.lower()) or "x"
    return {"slug": slug, "term": term, "definition": definition, "spellings": list(spellings)}


def _words(html: str, *terms: dict) -> list[str]:
    """What is marked in some HTML."""
    marked = lxml.html.fromstring(f"<div>{Marker(terms).mark(str(clean_html(html)))}</div>")
    return [word.text_content() for word in marked.xpath("//dfn")]


def test_a_marked_word_carries_its_definition_and_can_be_reached_by_keyboard():
    marked = Marker([_term("titration", definition='Slow, "step" <by> step.')]).mark("<p>By titration only.</p>")
    word = lxml.html.fromstring(marked).xpath("//dfn")[0]
    assert dict(word.attrib) == {
        "class": "term",
        "tabindex": "0",
        "aria-describedby": "term-titration",
        "data-definition": 'Slow, "step" <by> step.',
    }
    assert lxml.html.fromstring(marked).text_content() == "By titration only."


def test_only_the_first_place_is_marked_over_all_texts_of_a_lesson():
    marker = Marker([_term("set")])
    assert [marker.mark(html).count("<dfn") for html in ("<p>A set and a set.</p>", "<p>Set.</p>")] == [1, 0]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Dissociation is common.</p>", ["Dissociation"]),
        ("<p>She dissociates.</p>", ["dissociates"]),
        ("<p>The <b>dissociation</b></p>", ["dissociation"]),
        ("<p>dissociations, non-dissociation, dissociation-like</p>", []),
        ('<p><a href="#dissociation">dissociation</a>; then dissociation.</p>', ["dissociation"]),
        ('<p><a href="https://example.org/"><b>dissociation</b></a></p>', []),
        ("<h2>Dissociation</h2><h3>dissociation</h3><p>Later: dissociation.</p>", ["dissociation"]),
        ("<p><code>dissociation</code></p>", []),
        ('<p id="dissociation">x</p>', []),
        ("<p>disso<b>ciation</b></p>", []),
        ("<p>“dissociation”, (dissociation)</p>", ["dissociation"]),
        ("", []),
    ],
)
def test_whole_words_outside_links_headings_and_tags(html, found):
    assert _words(html, _term("dissociation", "dissociates")) == found


def test_the_longest_spelling_wins_and_each_term_is_marked_once():
    terms = [_term("set"), _term("set and setting"), _term("setting")]
    assert _words("<p>Set\n and  setting; the setting; a set.</p>", *terms) == ["Set\n and  setting", "setting", "set"]


def test_a_short_form_in_capitals_is_not_a_word():
    assert _words("<p>a set of MAP and map</p>", _term("SET"), _term("MAP")) == ["MAP"]
    assert _words("<p>SET: a set</p>", _term("set")) == ["SET"]
    assert _words("<p>us and US</p>", _term("US"), _term("we", "us")) == ["us", "US"]


@pytest.mark.parametrize("term", ["R&D", "a < b", "amp", "lt", "39", "quot", "O'Brien", 'the "set"', "ﬁ", "ß"])
def test_signs_that_mean_something_in_html_are_only_signs(term):
    html = f"<p>{clean_html('x')} &amp; &lt; &#39; &quot; before {lxml.html.tostring(_text(term), encoding='unicode')[6:-7]} after</p>"
    assert _words(html, _term(term)) == [term]


def _text(words: str):
    element = lxml.html.Element("span")
    element.text = words
    return element


WORD = st.text(alphabet="abAB &<>\"'#;-1ßİé\u00a0", min_size=1, max_size=8)
TAGS = st.sampled_from(
    ["<b>", "</b>", "<p>", "</p>", "<h2>", "</h2>", '<a href="#a">', "</a>", "<li>", "<br>", "&amp;", "&lt;"]
)
HTML = st.lists(st.one_of(TAGS, WORD), max_size=25).map("".join)
TERMS = st.lists(st.tuples(WORD, st.lists(WORD, max_size=2)), max_size=5)


@given(html=HTML, words=TERMS)
def test_marking_changes_no_sign_of_the_text_and_no_tag(html, words):
    cleaned = str(clean_html(html))
    terms = [_term(word, *spellings) | {"slug": f"t{place}"} for place, (word, spellings) in enumerate(words)]
    marked = Marker(terms).mark(cleaned)
    before, after = (lxml.html.fromstring(f"<div>{each}</div>") for each in (cleaned, marked))
    assert after.text_content() == before.text_content()
    assert [each.tag for each in after.iter() if each.tag != "dfn"] == [each.tag for each in before.iter()]
    words_marked = after.xpath("//dfn")
    assert len({word.get("aria-describedby") for word in words_marked}) == len(words_marked) <= len(terms)
    assert after.xpath("//a//dfn | //h2//dfn | //dfn//*") == []
