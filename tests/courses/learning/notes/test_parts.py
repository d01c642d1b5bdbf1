"""Where a note stands in what the lesson says today."""

import pytest

from courses.learning.notes.parts import lesson_text, where
from tests.factories.notes import FIRST, PARTS, SECOND, html_of

PASSAGE = "every touch. Ask again"  # over the border of two paragraphs


def test_a_lesson_is_read_part_by_part():
    text = lesson_text(html_of())
    assert [(part.id, part.label) for part in text.parts] == [
        (FIRST, "Consent"),
        (SECOND, "Read the cuff every ten minutes."),
    ]
    assert text.parts[1].words == "Readthecuffeverytenminutes."


@pytest.mark.parametrize(
    ("html", "label"),
    [
        ("<p>" + "word " * 40 + "</p>", "word " * 13 + "word…"),
        ('<aside><p class="callout__title"><span>Stop rule</span></p><div>When in doubt.</div></aside>', "Stop rule"),
        ("<p>Words first.</p><h3>Then a heading</h3>", "Then a heading"),
        ('<figure><img src="a.png" alt="A hand"></figure>', "A hand"),
        ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c"),
        ("<div><div><p>Deep</p></div></div><p>er</p>", "Deep er"),
    ],
)
def test_a_part_is_called_by_its_heading_or_its_first_words(html, label):
    assert lesson_text(html_of({FIRST: html, SECOND: "<p>Next.</p>"})).parts[0].label == label


def test_the_place_of_a_form_is_no_part():
    assert lesson_text(html_of({FIRST: "<!--slot:check:1-->"})).parts == ()


def test_an_early_body_has_words_and_no_parts():
    text = lesson_text("<p>Ask before every touch.</p>")
    assert (text.parts, text.words) == ((), "Askbeforeeverytouch.")


EDITED = PARTS | {FIRST: "<h2>Consent</h2><p>Ask first.</p>"}
MOVED = dict(reversed(PARTS.items()))
REMOVED = {SECOND: PARTS[SECOND]}
REWRITTEN = {"new": PARTS[FIRST], SECOND: PARTS[SECOND]}


@pytest.mark.parametrize(
    ("parts", "on_a_passage", "on_the_part"),
    [
        (PARTS, FIRST, FIRST),
        (MOVED, FIRST, FIRST),
        (EDITED, None, FIRST),
        (REMOVED, None, None),
        (REWRITTEN, "new", None),
    ],
    ids=["as it was", "moved", "edited", "removed", "put into another part"],
)
def test_a_later_text_keeps_moves_or_leaves_a_note_behind(parts, on_a_passage, on_the_part):
    text = lesson_text(html_of(parts))
    assert where(text, FIRST, PASSAGE) == on_a_passage
    assert where(text, FIRST, "") == on_the_part
    assert where(text, "", "") == ""


def test_a_passage_without_a_part_is_found_by_its_words():
    assert where(lesson_text(html_of()), "", "cuff  every\nten") == SECOND
    assert where(lesson_text("<p>Ask before every touch.</p>"), FIRST, "every touch") == ""
    assert where(lesson_text(html_of()), "", "zebra") is None


def test_nothing_stands_in_a_lesson_that_is_no_longer_there():
    assert (where(None, "", ""), where(None, FIRST, PASSAGE)) == (None, None)


@pytest.mark.parametrize("html", ["", "<div id=block-", "<div id='block-x'>", "</div></div>", "<div id='block-x'><p>a"])
def test_broken_html_is_read_as_far_as_it_goes(html):
    assert lesson_text(html).parts == ()
