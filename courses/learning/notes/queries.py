"""A trainee's own notes. Every query hangs on the person herself: there is none for anybody else, staff included."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.http import Http404
from django.utils.text import Truncator

from courses.curriculum.models import Edition
from courses.curriculum.queries import Outline, OutlineItem, edition_outline, html_of_edition, last_correction
from courses.enrolment.models import Enrolment
from courses.learning.enums import Show
from courses.learning.models import Bookmark, Note
from courses.learning.notes.parts import LessonText, lesson_text, where
from courses.learning.queries import journey_of
from lms.accounts.models import User
from lms.web.aggregates import instances_in
from lms.web.memory import remember


@dataclass(frozen=True)
class ShownNote:
    """A note and the id of the part at which it stands today; None when that is no longer in the text."""

    note: Note
    part: str | None
    lesson: str = ""

    @property
    def is_gone(self) -> bool:
        return self.part is None

    @property
    def name(self) -> str:
        """How its links are told from those of the next one, for whoever hears the page."""
        return Truncator(self.note.text or self.note.quotation).words(6)


@dataclass
class LessonNotes:
    """What she has put to one lesson of her edition, in the order of its text. `locked` says why she cannot open it now."""

    lesson: OutlineItem
    module: str
    is_bookmarked: bool = False
    locked: str = ""
    notes: list[ShownNote] = field(default_factory=list)


@dataclass(frozen=True)
class Collection:
    """Everything of one enrolment: by lesson in the edition's order, and apart what the edition no longer says."""

    lessons: list[LessonNotes]
    gone: list[ShownNote]
    gone_bookmarks: list[str]

    def counted(self, show: Show) -> int:
        notes = [shown.note for lesson in self.lessons for shown in lesson.notes]
        bookmarks = sum(lesson.is_bookmarked for lesson in self.lessons)
        gone = len(self.gone) + len(self.gone_bookmarks)
        highlights = sum(note.is_highlight for note in notes)
        counts = {
            Show.NOTES: len(notes) - highlights,
            Show.HIGHLIGHTS: highlights,
            Show.BOOKMARKS: bookmarks,
            Show.GONE: gone,
        }
        return sum(counts.values()) if show == Show.ALL else counts[show]

    def only(self, show: Show) -> "Collection":
        """The part of it that she wants to see."""
        if show == Show.ALL:
            return self
        if show == Show.GONE:
            return Collection([], self.gone, self.gone_bookmarks)
        lessons = [_only(lesson, show) for lesson in self.lessons]
        return Collection([lesson for lesson in lessons if lesson.is_bookmarked or lesson.notes], [], [])


def _only(lesson: LessonNotes, show: Show) -> LessonNotes:
    is_wanted = {Show.NOTES: False, Show.HIGHLIGHTS: True}
    notes = [one for one in lesson.notes if show in is_wanted and one.note.is_highlight == is_wanted[show]]
    return replace(lesson, is_bookmarked=lesson.is_bookmarked and show == Show.BOOKMARKS, notes=notes)


def own_note(user: User, enrolment_pk: int, pk: int) -> Note:
    """Her own note. Raises `Http404` for everybody else."""
    own = Note.objects.filter(pk=pk, enrolment__pk=enrolment_pk, enrolment__person=user)
    note = own.select_related("enrolment__edition", "enrolment__program", "activity").first()
    if note is None:
        raise Http404
    note.enrolment.person = user
    return note


def say_what_is_locked(enrolment: Enrolment, collection: Collection) -> None:
    """A later edition may close a lesson on which she has written. No query where none of hers has a gate, else those of
    a journey."""
    outline = edition_outline(enrolment.edition)
    gated = [one for one in collection.lessons if outline.gated(one.lesson)]
    states = journey_of(enrolment).states if gated else {}
    for one in gated:
        one.locked = states[one.lesson.id].reason


def notes_of_lesson(enrolment: Enrolment) -> list[ShownNote]:
    """Hers on the lesson she is reading, of an enrolment as `learners_enrolment` gives it for its slug. No query."""
    notes = instances_in(enrolment.own_notes, Note)
    if not notes:
        return []
    text = text_of_html(enrolment.html)
    return _in_order([ShownNote(note, where(text, note.block, note.quotation)) for note in notes], text)


def _in_order(notes: list[ShownNote], text: LessonText) -> list[ShownNote]:
    return sorted(notes, key=lambda shown: (text.place_of(shown.part or ""), shown.note.pk))


def key_of_html(html: str) -> bytes:
    """What is remembered of a text is found by this: a lesson is too long to be kept twice."""
    return hashlib.sha256(html.encode()).digest()


@remember(seconds=3600, most=500, key=key_of_html)
def text_of_html(html: str) -> LessonText:
    """Read once for all readers."""
    return lesson_text(html)


def collection_of(enrolment: Enrolment) -> Collection:
    """All notes and bookmarks of her own enrolment. Three queries, and one more for the first who asks in an edition."""
    edition, outline = enrolment.edition, edition_outline(enrolment.edition)
    texts = _texts(edition, last_correction(edition))
    lessons: dict[int, LessonNotes] = {}
    gone, gone_bookmarks = [], []
    by_activity = defaultdict(list)
    for note in Note.objects.filter(enrolment=enrolment).select_related("activity"):
        line = outline.by_activity(note.activity_id)
        title = line.title if line else note.activity.title
        shown = ShownNote(note, where(texts.get(note.activity_id), note.block, note.quotation), title)
        by_activity[note.activity_id].append(shown)
    for activity_id, notes in by_activity.items():
        gone += [shown for shown in notes if shown.is_gone]
        if here := [shown for shown in notes if not shown.is_gone]:
            lessons[activity_id] = _lesson(outline, activity_id)
            lessons[activity_id].notes = _in_order(here, texts[activity_id])
    for bookmark in Bookmark.objects.filter(enrolment=enrolment).select_related("activity"):
        if outline.by_activity(bookmark.activity_id) is None:
            gone_bookmarks.append(bookmark.activity.title)
        else:
            lessons.setdefault(bookmark.activity_id, _lesson(outline, bookmark.activity_id)).is_bookmarked = True
    return Collection(sorted(lessons.values(), key=lambda one: one.lesson.position), gone, gone_bookmarks)


def _lesson(outline: Outline, activity_id: int) -> LessonNotes:
    line = outline.by_activity(activity_id)
    return LessonNotes(line, outline.module_of(line).title)


def _texts(edition: Edition, correction: int) -> dict[int, LessonText]:
    return _texts_of_edition(edition.pk, edition.hash, correction)


@remember(seconds=3600, most=16)
def _texts_of_edition(edition_id: int, edition_hash: str, correction: int) -> dict[int, LessonText]:
    """The lessons of an edition by the ids of their activities, read once for all who look at their notes."""
    return {activity: lesson_text(html) for activity, html in html_of_edition(edition_id, correction).items()}
