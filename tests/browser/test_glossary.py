"""The words that a lesson explains, and the two lists of all lessons: with a mouse, by keyboard alone, and without scripts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.enrolment.models import Enrolment
from tests.browser.keyboard import KeyboardPerson
from tests.browser.person import Person
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment

MEANING = "Beginning low and going up in small steps."
CITED = "Ash, A. (2020). On small steps in dosing, with an appendix on when to stop."
SHOWN = """
word => {
  const style = getComputedStyle(word, "::after");
  return style.display === "none" ? "none" : style.content;
}
"""
DESCRIBED = "word => document.getElementById(word.getAttribute('aria-describedby')).textContent.trim()"


@pytest.fixture
def enrolment(cast) -> Enrolment:
    """In an edition with an open lesson and a locked one, both with a word and a work of their own."""
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Dosing")
    lesson = make_item(
        edition, parent=module, slug="steps", title="Small steps", blocks=_blocks("titration", MEANING, CITED)
    )
    gates = {"after": [str(lesson.activity.key)]}
    make_item(edition, parent=module, blocks=_blocks("zebra", "A secret word.", "A secret work."), gates=gates)
    return make_enrolment(cast.trainee, edition=edition)


def _blocks(word: str, meaning: str, cited: str) -> list[dict]:
    term = {"slug": word, "term": word, "definition": meaning, "spellings": []}
    work = {"key": word, "text": cited, "doi": "10.1000/182", "url": ""}
    return [
        {"type": "text", "id": "00000000-0000-0000-0000-000000000001", "html": f"<p>By {word} only.</p>"},
        {"type": "glossary", "id": "00000000-0000-0000-0000-000000000002", "terms": [term]},
        {"type": "references", "id": "00000000-0000-0000-0000-000000000003", "items": [work]},
    ]


def test_a_trainee_reads_the_words_and_the_references_of_her_open_lessons(cast, person, kind, enrolment):
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    for name, words, link in (
        ("learn_glossary", MEANING, "Small steps"),
        ("learn_references", CITED, "Small steps"),
    ):
        trainee.go(reverse(name, args=[enrolment.pk]))
        trainee.reads(words)
        expect(trainee.page.locator("main")).not_to_contain_text("secret")
        trainee.press(link)
        trainee.reads("By titration only.")


def test_a_lesson_says_what_its_words_mean(cast, person, kind, enrolment):
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_item", args=[enrolment.pk, "steps"]))
    expect(trainee.page.get_by_role("definition").filter(has_text=MEANING)).to_be_visible()
    trainee.reach(trainee.page.locator("dfn.term")).focus()
    assert MEANING in _shown(trainee)  # style alone shows it, so it needs no script either


def test_the_meaning_of_a_word_shows_on_focus_is_described_and_goes_with_escape(cast, person, enrolment):
    trainee = person(KeyboardPerson)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_item", args=[enrolment.pk, "steps"]))
    word = trainee.page.locator("dfn.term")
    assert _shown(trainee) == "none"
    trainee.reach(word)
    expect(word).to_be_focused()
    assert (MEANING in _shown(trainee), word.evaluate(DESCRIBED)) == (True, MEANING)
    expect(word).to_have_accessible_description(MEANING)
    trainee.page.keyboard.press("Escape")
    assert _shown(trainee) == "none"
    expect(word).to_be_focused()
    trainee.page.keyboard.press("Tab")
    trainee.page.keyboard.press("Shift+Tab")
    assert MEANING in _shown(trainee)


def test_a_shown_meaning_is_sound_in_every_width_and_theme(cast, person, enrolment):
    trainee = person(Person)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_item", args=[enrolment.pk, "steps"]))
    trainee.page.locator("dfn.term").focus()
    trainee.look()
    assert MEANING in _shown(trainee)


def _shown(trainee: Person) -> str:
    return trainee.page.locator("dfn.term").evaluate(SHOWN)
