"""Writing, changing and deleting one's own notes: what is refused, and that nothing of them is left anywhere else."""

import pytest
from django.db import connection

from courses.enrolment.enums import EnrolmentState
from courses.learning.models import Bookmark, Note
from courses.learning.notes import actions
from courses.learning.notes.actions import add_note, change_note, delete_everything, delete_note, set_bookmark
from lms.audit.models import AuditEntry
from lms.errors import Refusal
from tests.factories.curriculum import make_edition, make_item
from tests.factories.enrolment import make_enrolment
from tests.factories.notes import FIRST, make_bookmark, make_note

CLEAR = "My own doubt about this"
PASSAGE = "Ask before every touch."


def write(desk, **fields) -> Note:
    values = {"by": desk.enrolment.person, "block": FIRST, "quotation": PASSAGE, "text": CLEAR}
    return add_note(desk.enrolment, desk.lesson, **values | fields)


def test_the_database_holds_no_clear_word(desk):
    note = write(desk)
    with connection.cursor() as cursor:
        cursor.execute("select quotation, text from learning_note where id = %s", [note.pk])
        stored = cursor.fetchone()
    assert all(value.startswith("enc1:") for value in stored)
    note.refresh_from_db()
    assert (note.quotation, note.text) == (PASSAGE, CLEAR)


def test_no_act_on_a_note_leaves_a_trace_in_the_audit(desk, cast):
    before = AuditEntry.objects.count()
    note = change_note(write(desk), by=cast.trainee, text="Other words")
    set_bookmark(desk.enrolment, desk.lesson, by=cast.trainee, on=True)
    delete_note(note, by=cast.trainee)
    assert (AuditEntry.objects.count(), Note.objects.count()) == (before, 0)


def test_a_passage_is_marked_once_and_may_have_several_notes(desk):
    assert write(desk, text="").pk == write(desk, text="").pk
    assert write(desk).pk != write(desk).pk


def test_a_note_or_a_passage_is_needed(desk, cast):
    with pytest.raises(Refusal, match="Write a note"):
        write(desk, text="", quotation="")
    note = write(desk, quotation="")
    with pytest.raises(Refusal, match="Write a note"):
        change_note(note, by=cast.trainee, text="")


@pytest.mark.parametrize("fields", [{"quotation": "x" * 501}, {"text": "x" * 5001}])
def test_a_note_is_bounded(desk, fields):
    with pytest.raises(Refusal, match="at most"):
        write(desk, **fields)


def test_there_is_room_for_so_many(desk, monkeypatch):
    monkeypatch.setattr(actions, "NOTES_MOST", 2)
    write(desk)
    write(desk, text="")
    with pytest.raises(Refusal, match="You have 2 notes and highlights"):
        write(desk)
    assert write(desk, text="").pk  # the mark that is there already


@pytest.mark.parametrize("name", ["other_trainee", "supervisor", "faculty", "director", "registrar"])
def test_nobody_else_writes_changes_or_deletes(desk, cast, name):
    stranger, note = getattr(cast, name), write(desk)
    for act in (
        lambda: write(desk, by=stranger),
        lambda: change_note(note, by=stranger, text="Mine"),
        lambda: delete_note(note, by=stranger),
        lambda: set_bookmark(desk.enrolment, desk.lesson, by=stranger, on=True),
    ):
        with pytest.raises(Refusal, match="Only the trainee herself"):
            act()
    make_bookmark(desk.enrolment, desk.lesson)
    set_bookmark(desk.enrolment, desk.lesson, by=stranger, on=False)
    note.refresh_from_db()
    assert (note.text, Note.objects.count(), Bookmark.objects.count()) == (CLEAR, 1, 1)


@pytest.mark.parametrize(
    ("state", "may"), [("active", True), ("completed", True), ("paused", False), ("withdrawn", False)]
)
def test_new_notes_need_open_lessons(desk, state, may):
    desk.enrolment.state = EnrolmentState(state)
    desk.enrolment.save()
    if may:
        assert write(desk).pk
    else:
        with pytest.raises(Refusal, match="Your lessons are closed"):
            write(desk)


def test_a_locked_lesson_a_module_and_another_edition_take_no_note(desk, cast):
    gates = {"after": [str(desk.lesson.activity.key)]}
    locked = make_item(desk.edition, parent=desk.lesson.parent, gates=gates)
    foreign = make_item(make_edition())
    for item, words in (
        (locked, "not open yet"),
        (desk.lesson.parent, "belong to the lessons"),
        (foreign, "belong to"),
    ):
        with pytest.raises(Refusal, match=words):
            add_note(desk.enrolment, item, by=cast.trainee, text=CLEAR)
        with pytest.raises(Refusal, match=words):
            set_bookmark(desk.enrolment, item, by=cast.trainee, on=True)


def test_a_bookmark_is_set_once_and_taken_away_in_every_state(desk, cast):
    for _ in range(2):
        set_bookmark(desk.enrolment, desk.lesson, by=cast.trainee, on=True)
    assert Bookmark.objects.count() == 1
    desk.enrolment.state = EnrolmentState.WITHDRAWN
    desk.enrolment.save()
    set_bookmark(desk.enrolment, desk.lesson, by=cast.trainee, on=False)
    assert not Bookmark.objects.exists()


def test_everything_of_one_enrolment_is_deleted_and_nothing_of_another(desk, cast):
    other = make_enrolment(cast.other_trainee, edition=desk.edition)
    for enrolment in (desk.enrolment, other):
        make_note(enrolment, desk.lesson, text=CLEAR)
        make_bookmark(enrolment, desk.lesson)
    assert delete_everything(desk.enrolment) == 2
    assert (Note.objects.get().enrolment, Bookmark.objects.get().enrolment) == (other, other)
