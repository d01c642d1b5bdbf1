"""Questions come from files and go into files: of each format, by mouse, by keyboard alone and without scripts.

A file is read, its report is looked at row by row, exactly that is imported; the questions wait as drafts in the bank. Once they
are published, they are exported, and the file that was downloaded finds everything the same.
"""

import pytest
from django.urls import reverse

from assessments.exchange import actions, portable, views
from assessments.models import Question
from tests.assessments.exchange.files import sample, sample_package
from tests.browser.person import Person, ScriptlessPerson
from tests.jobs import drain

BANK = "wagtailsnippets_assessments_question:list"
# Format, the file, how many questions it has, how many of them can be held, and the words of one that cannot.
FILES = {
    "table": (sample("table.csv"), 8, 4, "“riddle” is no kind of question"),
    "moodle": (sample("airway.moodle.xml"), 12, 9, "It is a text without a question."),
    "gift": (sample("airway.gift.txt"), 13, 9, "It has more than one pair of braces."),
    "aiken": (sample("airway.aiken.txt"), 4, 2, "is the letter of none of its options"),
    "qti21": (sample_package(), 7, 4, "A hotspotInteraction has no question of its kind here."),
    "qti22": (sample_package(), 7, 4, "The manifest lists it, and the package does not hold its file."),
}


def walk(author: Person, name: str) -> None:
    content, total, held, why = FILES[name]
    author.go(reverse("desk"))
    author.press("Questions as files")
    bring(author, name, content)
    author.press("Read the file")
    author.reads(f"Of {total} questions in the file, {held} are new")
    author.reads(why)
    author.press("Not imported")
    author.reads(why)
    author.press("All")
    author.press("Import exactly this")
    author.reads(f"{held} questions saved as drafts.")
    see_drafts_in_the_bank(author, held)
    publish_all()
    author.select(author.field("format", nth=1), name)
    author.press("See what it holds")
    author.reads(f"The file holds {held} of {held} questions.")
    written = author.download("Download the file").read_bytes()
    author.go(reverse("question_files"))
    bring(author, name, written)
    author.press("Read the file")
    author.reads(f"Of {held} questions in the file, 0 are new, 0 would be changed, {held} are the same in the bank")
    author.reads("There is nothing to import.")
    assert Question.objects.count() == held


def bring(author: Person, name: str, content: bytes) -> None:
    author.select(author.field("format"), name)
    author.attach("file", {"name": f"questions.{name}", "mimeType": "application/octet-stream", "buffer": content})


def see_drafts_in_the_bank(author: Person, held: int) -> None:
    """In Wagtail's own list, which is not ours to judge, and back by the button there."""
    author.page.goto(author.base + reverse(BANK))
    assert author.page.locator("main table tbody tr").count() == held
    assert author.page.get_by_role("cell", name="Draft").count() >= held
    author.page.get_by_role("link", name="Import and export").click()
    author.look()


def publish_all() -> None:
    for question in Question.objects.all():
        question.latest_revision.publish(skip_permission_checks=True)


@pytest.mark.parametrize("name", list(FILES))
def test_questions_of_each_format_come_in_and_go_out(cast, person, name):
    author = person(Person)
    author.sign_in(cast.director.email)
    walk(author, name)


def test_questions_come_in_and_go_out_for_everybody(cast, person, kind):
    author = person(kind)
    author.sign_in(cast.director.email)
    walk(author, "gift")


@pytest.mark.parametrize("who", [Person, ScriptlessPerson])
def test_a_long_import_says_how_far_it_is_and_waits_for_whoever_went_away(cast, person, monkeypatch, who):
    monkeypatch.setattr(actions, "MOMENT", -1)
    monkeypatch.setattr(portable, "FEW", 0)
    monkeypatch.setattr(views, "AT_ONCE", 0)
    author = person(who)
    author.sign_in(cast.director.email)
    author.go(reverse("question_files"))
    bring(author, "table", FILES["table"][0])
    author.press("Read the file")
    author.reads("You may leave it: the file is kept")
    author.go(reverse("question_files"))
    author.reads("Waiting to be read")
    drain()
    author.go(reverse("question_files"))
    author.page.locator("main table a").first.click()
    author.press("Import exactly this")
    author.reads("the questions are saved all the same, all or none")
    drain()
    author.waits_to_read("4 new, 0 changed, 0 the same, 4 not imported")
    assert Question.objects.count() == 4
