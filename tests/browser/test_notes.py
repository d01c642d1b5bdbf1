"""A trainee writes beside a lesson: she chooses words and marks them, by hand or by keyboard, or does all of it by forms."""

from django.urls import reverse
from playwright.sync_api import expect

from courses.learning.models import Bookmark, Note
from tests.browser.keyboard import KeyboardPerson
from tests.browser.person import Person
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.factories.notes import FIRST, SECOND, html_of, make_bookmark, make_note

PASSAGE = "every touch.Ask again"
# Over the border of two paragraphs, as a hand or Shift and the arrows would do it.
CHOOSE = """
id => {
  const at = (root, offset) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode().length < offset) offset -= walker.currentNode.length;
    return [walker.currentNode, offset];
  };
  const [first, second] = document.getElementById(`block-${id}`).querySelectorAll("p");
  getSelection().setBaseAndExtent(...at(first, 11), ...at(second, 9));
}
"""


def lesson_of(trainee) -> str:
    edition = make_edition()
    lesson = make_item(
        edition, parent=make_module(edition, lessons=0, title="Ethics"), title="In the room", html=html_of()
    )
    enrolment = make_enrolment(trainee, edition=edition)
    return reverse("learn_item", args=[enrolment.pk, lesson.slug])


def test_a_trainee_writes_changes_and_deletes_a_note(cast, person, kind):
    address = lesson_of(cast.trainee)
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(address)
    trainee.press("Bookmark this lesson")
    unfold(trainee)
    trainee.press("Keep it")
    trainee.reads("Write a note, or choose the passage that you want to mark.")
    trainee.choose(block=SECOND)
    trainee.fill(text="Ask about the cuff")
    trainee.press("Keep it")
    trainee.reads("Kept. Only you can read it.")
    trainee.press("All your notes")
    trainee.reads("Ask about the cuff")
    trainee.reads("Bookmarked")
    trainee.press("Change")
    trainee.fill(
        text="Asked about the cuff",
    )
    trainee.press("Keep it")
    trainee.reads("Asked about the cuff")
    assert "Asked about the cuff" in trainee.download("Save all as text").read_text()
    trainee.press("Delete")
    trainee.press("Delete this note")
    trainee.reads("It is deleted.")
    assert (Note.objects.count(), Bookmark.objects.count()) == (0, 1)


def unfold(trainee) -> None:
    summary = trainee.page.locator("[data-note-form] > summary")
    trainee.activate(trainee.reach(summary))


def test_chosen_words_are_marked_by_hand_and_stay_marked(cast, person):
    trainee = person(Person)
    mark_a_passage(trainee, cast)
    trainee.page.reload()
    trainee.look()
    assert "".join(trainee.page.locator(f"#block-{FIRST} mark").all_text_contents()) == PASSAGE
    trainee.page.set_viewport_size({"width": 390, "height": 844})
    trainee.page.evaluate(CHOOSE, FIRST)
    trainee.page.get_by_role("button", name="Note", exact=True).click()
    expect(trainee.field("quotation")).to_have_value("every touch. Ask again")
    expect(trainee.field("text")).to_be_focused()
    trainee.fill(text="Why again?")
    trainee.press("Keep it")
    trainee.reads("Why again?")
    assert Note.objects.count() == 2


def test_chosen_words_are_marked_by_keyboard(cast, person):
    mark_a_passage(person(KeyboardPerson), cast)


def mark_a_passage(trainee, cast) -> None:
    address = lesson_of(cast.trainee)
    trainee.sign_in(cast.trainee.email)
    trainee.go(address)
    trainee.page.evaluate(CHOOSE, FIRST)
    trainee.page.get_by_role("button", name="Highlight").wait_for()
    trainee.look()
    trainee.press("Highlight")
    note = Note.objects.get()
    assert (note.block, note.is_highlight, note.quotation) == (FIRST, True, "every touch. Ask again")
    assert "".join(trainee.page.locator(f"#block-{FIRST} mark").all_text_contents()) == PASSAGE


def test_a_choice_that_no_note_can_hang_on_brings_no_bar(cast, person):
    trainee = person(Person)
    address = lesson_of(cast.trainee)
    trainee.sign_in(cast.trainee.email)
    trainee.go(address)
    trainee.page.evaluate(CHOOSE, FIRST)
    bar = trainee.page.get_by_role("button", name="Highlight")
    expect(bar).to_be_visible()
    trainee.page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-lesson-text]'))")  # two parts
    expect(bar).to_have_count(0)
    trainee.page.evaluate(CHOOSE, FIRST)
    bar.focus()
    trainee.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_notes_on_a_lesson_that_is_locked_now_say_why_and_lead_nowhere(cast, person, kind):
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Ethics")
    lesson = make_item(edition, parent=module, title="A later room", html=html_of(), gates={"on": "2099-05-04"})
    enrolment = make_enrolment(cast.trainee, edition=edition)
    make_note(enrolment, lesson, block=FIRST, text="Ask about the cuff")
    make_bookmark(enrolment, lesson)
    trainee = person(kind)
    trainee.sign_in(cast.trainee.email)
    trainee.go(reverse("learn_notes", args=[enrolment.pk]))
    trainee.reads("Not open to you now. Opens on 4 May 2099.")
    expect(trainee.page.get_by_role("link", name="A later room")).to_have_count(0)
    trainee.press("Change")
    trainee.reads("Ask about the cuff")
