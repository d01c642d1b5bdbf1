"""A trainee's own notes as a file: plain text to read, or JSON. Plain text, because nothing that she wrote or that a
lesson says can act in it."""

import json
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from courses.enrolment.models import Enrolment
from courses.learning.models import Note
from courses.learning.notes.queries import Collection, LessonNotes, ShownNote

GONE = "No longer in the text"


def as_text(enrolment: Enrolment, collection: Collection) -> Iterator[str]:
    yield f"Notes, highlights and bookmarks: {enrolment.program.title}\n"
    module = ""
    for lesson in collection.lessons:
        if lesson.module != module:
            module = lesson.module
            yield _headed(module, "=")
        yield _headed(lesson.lesson.title + (" (bookmarked)" if lesson.is_bookmarked else ""), "-")
        yield from map(_note_text, lesson.notes)
    if collection.gone or collection.gone_bookmarks:
        yield _headed(GONE, "=")
        for shown in collection.gone:
            yield f"\n{shown.lesson}\n{_note_text(shown)}"
        for title in collection.gone_bookmarks:
            yield f"\n{title} (bookmarked)\n"


def _headed(title: str, line: str) -> str:
    return f"\n{title}\n{line * len(title)}\n"


def _note_text(shown: ShownNote) -> str:
    note = shown.note
    parts = [f"\n[{note.changed:%Y-%m-%d}]\n"]
    if note.quotation:
        parts.append(indent(f"“{note.quotation}”\n", "    "))
    if note.text:
        parts.append(f"{note.text}\n")
    return "".join(parts)


def as_json(enrolment: Enrolment, collection: Collection) -> Iterator[str]:
    """The same as one object; written lesson by lesson."""
    gone = [{"lesson": shown.lesson} | _plain(shown.note) for shown in collection.gone]
    gone += [{"lesson": title, "is_bookmarked": True} for title in collection.gone_bookmarks]
    yield f'{{"program": {_json(enrolment.program.title)},\n"lessons": ['
    for number, lesson in enumerate(collection.lessons):
        yield (",\n" if number else "\n") + _json(_lesson_plain(lesson))
    yield f'\n],\n"no_longer_in_the_text": {_json(gone)}}}\n'


def _lesson_plain(lesson: LessonNotes) -> dict[str, Any]:
    notes = [_plain(shown.note) for shown in lesson.notes]
    facts = {"module": lesson.module, "lesson": lesson.lesson.title, "is_bookmarked": lesson.is_bookmarked}
    return facts | {"notes": notes}


def _plain(note: Note) -> dict[str, str]:
    days = {name: getattr(note, name).isoformat(timespec="seconds") for name in ("created", "changed")}
    return {"quotation": note.quotation, "text": note.text} | days


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
