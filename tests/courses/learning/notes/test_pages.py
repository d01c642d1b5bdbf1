"""Notes over HTTP: only she finds them, they outlive the text, and they leave as a file."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.curriculum.enums import ActivityKind
from courses.enrolment.actions import adopt_edition
from courses.enrolment.enums import EnrolmentState
from courses.learning.models import Bookmark, Note
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.factories.notes import FIRST, PARTS, SECOND, html_of, make_bookmark, make_note
from tests.web import post, send_form, text_of

PEOPLE = ["other_trainee", "supervisor", "faculty", "director", "registrar"]
CLEAR = "My own doubt about this"
PASSAGE = "Ask before every touch."
EVIL = '"><script>alert(1)</script><b id=evil>'


@pytest.fixture
def client(cast):
    return cast.client("trainee")


def test_she_writes_a_note_without_scripts_and_reads_it_beside_the_lesson(desk, client):
    page = client.get(desk.url(desk.lesson.slug))
    assert "Read the cuff every ten minutes." in text_of(page)
    page = send_form(client, page, "Keep it", block=FIRST, quotation=" Ask before\nevery touch.", text=CLEAR)
    assert page.redirect_chain == [(f"{desk.url(desk.lesson.slug)}#block-{FIRST}", 302)]
    note = Note.objects.get()
    assert (note.block, note.quotation, note.text) == (FIRST, PASSAGE, CLEAR)
    words = text_of(client.get(desk.url(desk.lesson.slug)))
    assert all(part in words for part in (PASSAGE, CLEAR, "Show in the text"))


def test_a_passage_alone_is_a_highlight_and_finds_its_part(desk, client):
    send_form(client, client.get(desk.url(desk.lesson.slug)), "Keep it", quotation="cuff every ten")
    note = Note.objects.get()
    assert (note.block, note.is_highlight) == (SECOND, True)
    assert f'data-note-mark="{SECOND}"' in client.get(desk.url(desk.lesson.slug)).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Write a note, or choose the passage"),
        ({"quotation": "Words of nobody"}, "These words do not stand in this lesson."),
        ({"text": "x" * 5001}, "at most 5000 characters"),
        ({"quotation": "x" * 501}, "at most 500 characters"),
        ({"block": "elsewhere", "text": CLEAR}, "Select a valid choice."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_is_amiss_is_said_beside_the_field_and_nothing_is_lost(desk, client, fields, sentence):
    page = post(client, desk.url(desk.lesson.slug, "note"), **fields)
    assert (page.status_code, Note.objects.count()) == (422, 0)
    assert sentence in text_of(page)
    assert fields.get("text", "")[:10].replace("\x00", "") in page.content.decode().replace("\x00", "")


def test_a_double_click_writes_once(desk, client):
    key = "6c1f0b0e-64e2-4a37-9d0f-5a8c4f9d1a11"
    for _ in range(2):
        post(client, desk.url(desk.lesson.slug, "note"), form_key=key, text=CLEAR)
    assert Note.objects.count() == 1


def test_she_changes_and_deletes_a_note(desk, client):
    note = make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=PASSAGE, text=CLEAR)
    page = client.get(desk.url("notes", note.pk))
    send_form(client, page, "Keep it", text="Other words")
    note.refresh_from_db()
    assert note.text == "Other words"
    send_form(client, client.get(desk.url("notes", note.pk)), "Keep it", text="")
    note.refresh_from_db()
    assert note.is_highlight
    page = client.get(desk.url("notes", note.pk, "delete"))
    assert PASSAGE in text_of(page)
    send_form(client, page, "Delete this highlight")
    assert not Note.objects.exists()


def test_a_note_on_no_passage_is_not_emptied(desk, client):
    note = make_note(desk.enrolment, desk.lesson, text=CLEAR)
    page = post(client, desk.url("notes", note.pk), text=" ")
    assert (page.status_code, "Write something, or delete the note." in text_of(page)) == (422, True)


def test_she_bookmarks_a_lesson_and_takes_it_away(desk, client):
    page = client.get(desk.url(desk.lesson.slug))
    page = send_form(client, page, "Bookmark this lesson")
    assert Bookmark.objects.get().activity == desk.lesson.activity
    send_form(client, page, "Take the bookmark away")
    assert not Bookmark.objects.exists()


def test_she_deletes_everything(desk, client):
    make_note(desk.enrolment, desk.lesson, text=CLEAR)
    make_bookmark(desk.enrolment, desk.lesson)
    send_form(client, client.get(desk.url("notes", "delete-all")), "Delete all 2")
    assert (Note.objects.exists(), Bookmark.objects.exists()) == (False, False)


# Who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_else_finds_a_note(desk, cast, name):
    note = make_note(desk.enrolment, desk.lesson, quotation=PASSAGE, text=CLEAR)
    client, lesson = cast.client(name), desk.lesson.slug
    reads = [
        ("notes", "list"),
        ("notes", note.pk),
        ("notes", note.pk, "delete"),
        ("notes", "delete-all"),
        (lesson, "note"),
    ]
    assert {client.get(desk.url(*parts)).status_code for parts in reads} == {404}
    files = [desk.url("notes", f"my-notes.{ending}").rstrip("/") for ending in ("txt", "json")]
    assert {client.get(file).status_code for file in files} == {404}
    acts = [*reads[1:], (lesson, "bookmark")]
    assert {post(client, desk.url(*parts), text="Mine", on="yes").status_code for parts in acts} == {404}
    note.refresh_from_db()
    assert (note.text, Bookmark.objects.exists()) == (CLEAR, False)


def test_her_note_is_not_found_in_another_enrolment_of_hers(desk, cast, client):
    note = make_note(make_enrolment(cast.trainee), desk.lesson, text=CLEAR)
    assert client.get(desk.url("notes", note.pk)).status_code == 404
    assert CLEAR not in text_of(client.get(desk.url("notes", "list")))


@pytest.mark.parametrize(
    "address", ["/cms/", "/cms/reports/site-history/", "/desk/", "/home/", "/desk/enrolments/{pk}/"]
)
def test_no_page_of_staff_shows_a_note(desk, cast, address):
    make_note(desk.enrolment, desk.lesson, quotation=PASSAGE, text=CLEAR)
    page = cast.client("director").get(address.format(pk=desk.enrolment.pk), follow=True)
    assert (page.status_code, CLEAR in page.content.decode()) == (200, False)


def test_the_admin_knows_no_model_of_notes(desk, cast):
    client = cast.client("director")
    found = client.get("/cms/", follow=True).content.decode()
    assert "learning/note" not in found
    assert {client.get(f"/cms/{path}").status_code for path in ("learning/note/", "snippets/learning/note/")} == {404}


@pytest.mark.parametrize("state", [EnrolmentState.PAUSED, EnrolmentState.WITHDRAWN])
def test_closed_lessons_leave_her_notes_open(desk, client, state):
    note = make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=PASSAGE, text=CLEAR)
    desk.enrolment.state = state
    desk.enrolment.save()
    page = client.get(desk.url("notes", "list"))
    assert (CLEAR in text_of(page), f"/{desk.lesson.slug}/" in page.content.decode()) == (True, False)
    assert CLEAR in client.get(desk.url("notes", "my-notes.txt").rstrip("/")).getvalue().decode()
    assert post(client, desk.url("notes", note.pk), text="Still mine").status_code == 302
    assert client.get(desk.url(desk.lesson.slug, "note")).status_code == 302
    refused = post(client, desk.url(desk.lesson.slug, "note"), text=CLEAR)
    assert (refused.status_code, Note.objects.count()) == (409, 1)


def test_a_locked_lesson_takes_no_note_and_tells_none_of_its_words(desk, client):
    gates = {"after": [str(desk.lesson.activity.key)]}
    locked = make_item(desk.edition, parent=desk.lesson.parent, gates=gates, html=html_of({FIRST: "<p>A secret.</p>"}))
    assert client.get(desk.url(locked.slug, "note")).headers["Location"] == desk.url(locked.slug)
    page = post(client, desk.url(locked.slug, "note"), quotation="Guess")
    assert (page.status_code, "secret" in page.content.decode()) == (409, False)


@pytest.mark.parametrize("on_module", [False, True], ids=["on the lesson", "on its module"])
def test_notes_on_a_lesson_that_is_locked_now_say_why_and_lead_nowhere(desk, client, on_module):
    over, inside = ({"on": "2099-05-04"}, {}) if on_module else ({}, {"on": "2099-05-04"})
    module = make_item(desk.edition, kind=ActivityKind.MODULE, gates=over)
    locked = make_item(desk.edition, parent=module, title="A later room", gates=inside, html=html_of())
    for lesson, text in ((desk.lesson, CLEAR), (locked, "Mine of before")):
        make_note(desk.enrolment, lesson, block=FIRST, quotation=PASSAGE, text=text)
        make_bookmark(desk.enrolment, lesson)
    page = client.get(desk.url("notes", "list"))
    words, html = text_of(page), page.content.decode()
    assert [part in words for part in ("A later room", "Mine of before", CLEAR)] == [True] * 3
    assert words.count("Not open to you now. Opens on 4 May 2099.") == 1
    assert [desk.url(slug) in html for slug in (locked.slug, desk.lesson.slug)] == [False, True]
    assert client.get(desk.url(locked.slug)).status_code == 403


@pytest.mark.parametrize("show", ["bookmarks", "notes"])
def test_what_she_wants_to_see_of_a_locked_lesson_says_why_too(desk, client, show):
    locked = make_item(desk.edition, parent=desk.lesson.parent, gates={"on": "2099-05-04"}, html=html_of())
    make_note(desk.enrolment, locked, text=CLEAR)
    make_bookmark(desk.enrolment, locked)
    assert "Opens on 4 May 2099." in text_of(client.get(desk.url("notes", "list"), {"show": show}))


def test_a_module_has_no_notes(desk, client):
    module = desk.lesson.parent.slug
    assert "Your notes" not in text_of(client.get(desk.url(module)))
    assert client.get(desk.url(module, "note")).status_code == 404
    assert post(client, desk.url(module, "bookmark"), on="yes").status_code == 404


# All together -------------------------------------------------------------------------------------------------------


def test_all_notes_stand_in_the_order_of_the_text(desk, client):
    for block, quotation, text in [(SECOND, "", "Third"), (FIRST, PASSAGE, "Second"), ("", "", "First")]:
        make_note(desk.enrolment, desk.lesson, block=block, quotation=quotation, text=text)
    words = text_of(client.get(desk.url("notes", "list")))
    assert words.index("First") < words.index("Second") < words.index("Third")
    assert "Ethics" in words


def test_she_looks_at_one_kind(desk, client):
    make_note(desk.enrolment, desk.lesson, text=CLEAR)
    make_note(desk.enrolment, desk.lesson, quotation=PASSAGE)
    make_note(desk.enrolment, desk.lesson, quotation="Words that are gone", text="Behind")
    make_bookmark(desk.enrolment, desk.lesson)
    seen = {}
    for show in ("all", "notes", "highlights", "bookmarks", "gone", "nonsense"):
        words = text_of(client.get(desk.url("notes", "list"), {"show": show}))
        seen[show] = [part in words for part in (CLEAR, PASSAGE, "Behind", "Bookmarked")]
    assert seen == {
        "all": [True, True, True, True],
        "notes": [True, False, False, False],
        "highlights": [False, True, False, False],
        "bookmarks": [False, False, False, True],
        "gone": [False, False, True, False],
        "nonsense": [True, True, True, True],
    }


def test_an_empty_list_says_how_to_begin(desk, client):
    assert "No notes yet" in text_of(client.get(desk.url("notes", "list")))


def test_a_correction_leaves_a_note_behind_and_keeps_it(desk, cast, client):
    make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=PASSAGE, text=CLEAR)
    desk.correct(html_of(PARTS | {FIRST: "<p>Ask first.</p>"}), by=cast.director)
    words = text_of(client.get(desk.url("notes", "list")))
    gone = words[words.index("The lesson was rewritten") :]
    assert (PASSAGE in gone, CLEAR in gone) == (True, True)
    assert "No longer in the text · Note of" in text_of(client.get(desk.url(desk.lesson.slug)))


def test_a_later_edition_moves_edits_and_removes(desk, cast, client):
    """Edition 2 holds the lesson with one part edited, and has not got the other lesson any more."""
    out = make_item(desk.edition, parent=desk.lesson.parent, title="Taken out", html=html_of())
    make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=PASSAGE, text="On what was edited")
    make_note(desk.enrolment, desk.lesson, block=SECOND, quotation="cuff every", text="On what was moved")
    make_note(desk.enrolment, out, block=FIRST, text="On what was taken out")
    make_bookmark(desk.enrolment, out)
    later = make_edition(desk.edition.program)
    parts = {SECOND: PARTS[SECOND], FIRST: "<p>Ask first.</p>"}
    module = make_module(later, lessons=0, title="Ethics")
    make_item(later, parent=module, activity=desk.lesson.activity, title="In the room", html=html_of(parts))
    adopt_edition(desk.enrolment.cohort, later, by=cast.director, reason="A new edition.")
    words = text_of(client.get(desk.url("notes", "list")))
    kept, gone = words.split("The lesson was rewritten")
    assert [part in kept for part in ("On what was moved", "On what was edited", "On what was taken out")] == [
        True,
        False,
        False,
    ]
    assert all(part in gone for part in ("On what was edited", PASSAGE, "On what was taken out", "Bookmark: Taken out"))
    text = client.get(desk.url("notes", "my-notes.txt").rstrip("/")).getvalue().decode()
    assert text.index("On what was moved") < text.index("No longer in the text") < text.index("On what was taken out")


# The file -----------------------------------------------------------------------------------------------------------


def test_she_saves_them_as_a_file(desk, client):
    make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=PASSAGE, text=EVIL)
    make_bookmark(desk.enrolment, desk.lesson)
    text, data = (client.get(desk.url("notes", f"my-notes.{ending}").rstrip("/")) for ending in ("txt", "json"))
    assert text.streaming
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert all(answer.headers["Content-Disposition"].startswith("attachment; filename=") for answer in (text, data))
    assert all(answer.headers["X-Content-Type-Options"] == "nosniff" for answer in (text, data))
    assert f"In the room (bookmarked)\n{'-' * 24}\n" in (words := text.getvalue().decode())
    assert f"    “{PASSAGE}”\n{EVIL}\n" in words
    plain = json.loads(data.getvalue())
    assert plain["lessons"][0]["notes"][0]["text"] == EVIL
    assert (plain["lessons"][0]["is_bookmarked"], plain["no_longer_in_the_text"]) == (True, [])


def test_an_empty_file_is_well_formed(desk, client):
    data = json.loads(client.get(desk.url("notes", "my-notes.json").rstrip("/")).getvalue())
    assert (data["lessons"], data["no_longer_in_the_text"]) == ([], [])
    assert client.get(desk.url("notes", "my-notes.exe").rstrip("/")).status_code == 404


def test_what_she_writes_is_words_and_no_part_of_a_page(desk, client):
    note = make_note(desk.enrolment, desk.lesson, block=FIRST, quotation=EVIL, text=EVIL)
    for parts in ((desk.lesson.slug,), ("notes", "list"), ("notes", note.pk), ("notes", note.pk, "delete")):
        page = client.get(desk.url(*parts)).content.decode()
        assert ("<script>alert" in page, "b id=evil" in page) == (False, True)


# Queries ------------------------------------------------------------------------------------------------------------


def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("notes", [0, 1, 3])
def test_notes_come_with_the_lesson_and_are_not_asked_for_apart(desk, client, notes):
    for number in range(notes):
        make_note(desk.enrolment, desk.lesson, text=f"Note {number}")
    assert queries_of(client, desk.url(desk.lesson.slug)) == 3


@pytest.mark.parametrize("notes", [1, 3])
def test_the_list_asks_as_much_for_one_note_as_for_three(desk, client, notes):
    for number in range(notes):
        lesson = make_item(desk.edition, parent=desk.lesson.parent, html=html_of())
        make_note(desk.enrolment, lesson, text=f"Note {number}")
        make_bookmark(desk.enrolment, lesson)
    assert queries_of(client, desk.url("notes", "list")) == 6


@pytest.mark.parametrize("notes", [1, 3])
def test_the_list_asks_as_much_for_one_locked_lesson_as_for_three(desk, client, notes):
    """What opens a lesson may be kept in other rooms: a quiz, an assignment."""
    gates = {"after": [str(desk.lesson.activity.key)]}
    for number in range(notes):
        lesson = make_item(desk.edition, parent=desk.lesson.parent, gates=gates, html=html_of())
        make_note(desk.enrolment, lesson, text=f"Note {number}")
    assert queries_of(client, desk.url("notes", "list")) == 6
