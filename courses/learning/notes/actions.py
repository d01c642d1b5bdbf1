"""What a trainee does with her own notes. None of it is evidence and none of it is audited: what she writes is hers."""

from django.db import transaction

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_read_edition
from courses.learning.enums import NOTE_MOST, NOTES_MOST, QUOTATION_MOST
from courses.learning.models import Bookmark, Note
from courses.learning.queries import why_locked
from lms.accounts.models import User
from lms.errors import Refusal


@transaction.atomic
def add_note(
    enrolment: Enrolment, item: EditionItem, *, by: User, block: str = "", quotation: str = "", text: str = ""
) -> Note:
    """Keep a note, or without `text` a highlight, on a lesson that she may read. A passage is marked once: a repeat gives
    the first mark."""
    check_may_write(enrolment, item, by=by)
    _check_size(quotation, text)
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if not text:
        marked = Note.objects.filter(enrolment=enrolment, activity=item.activity_id, block=block)
        same = next((note for note in marked if note.is_highlight and note.quotation == quotation), None)
        if same:
            return same
    if Note.objects.filter(enrolment=enrolment).count() >= NOTES_MOST:
        raise Refusal(
            f"You have {NOTES_MOST} notes and highlights in this program, and there is no room for more. "
            "Save them as a file, and delete some that you need no longer."
        )
    return Note.objects.create(
        enrolment=enrolment, activity_id=item.activity_id, block=block, quotation=quotation, text=text
    )


def check_may_write(enrolment: Enrolment, item: EditionItem, *, by: User) -> None:
    """Notes are written beside a lesson that one may read. Raises `Refusal`."""
    if by.pk != enrolment.person_id:
        raise Refusal("Only the trainee herself writes notes here.")
    if item.edition_id != enrolment.edition_id or item.activity.kind != ActivityKind.LESSON:
        raise Refusal("Notes belong to the lessons of your own edition. Open the lesson again from the outline.")
    if not can_read_edition(enrolment):
        raise Refusal(
            "Your lessons are closed at the moment, so no new note can be written. Those you have stay yours."
        )
    if reason := why_locked(enrolment, item):
        raise Refusal(f"This is not open yet. {reason}")


def _check_size(quotation: str, text: str) -> None:
    if not (quotation or text):
        raise Refusal("Write a note, or choose the passage that you want to mark.")
    if len(quotation) > QUOTATION_MOST or len(text) > NOTE_MOST:
        raise Refusal(f"A passage has at most {QUOTATION_MOST} signs, a note at most {NOTE_MOST}.")


@transaction.atomic
def change_note(note: Note, *, by: User, text: str) -> Note:
    """Put other words in the place of hers; without any, a note on a passage becomes a highlight. In every state of the
    enrolment."""
    if by.pk != note.enrolment.person_id:
        raise Refusal("Only the trainee herself changes her notes.")
    _check_size(note.quotation, text)
    note.text = text
    note.save(update_fields=["text", "changed"])
    return note


def delete_note(note: Note, *, by: User) -> None:
    """Really: no copy stays but those in backups, which are encrypted as the note was."""
    if by.pk != note.enrolment.person_id:
        raise Refusal("Only the trainee herself deletes her notes.")
    note.delete()


@transaction.atomic
def delete_everything(enrolment: Enrolment) -> int:
    """All notes, highlights and bookmarks of an enrolment, as when its person leaves; returns how many there were."""
    notes, _ = Note.objects.filter(enrolment=enrolment).delete()
    bookmarks, _ = Bookmark.objects.filter(enrolment=enrolment).delete()
    return notes + bookmarks


def set_bookmark(enrolment: Enrolment, item: EditionItem, *, by: User, on: bool) -> None:
    """Twice the same is the same. Taking one away is possible in every state."""
    if on:
        check_may_write(enrolment, item, by=by)
        new = Bookmark(enrolment=enrolment, activity_id=item.activity_id)
        Bookmark.objects.bulk_create([new], ignore_conflicts=True)
    elif by.pk == enrolment.person_id:
        Bookmark.objects.filter(enrolment=enrolment, activity=item.activity_id).delete()
