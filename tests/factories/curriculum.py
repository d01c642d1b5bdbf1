"""Programs, their pages and their editions."""

import io
import json
from datetime import date

from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image as PillowImage
from wagtail.documents.models import Document
from wagtail.images.models import Image

from courses.curriculum.compiling import digest
from courses.curriculum.enums import ActivityKind
from courses.curriculum.lessons import render_lesson
from courses.curriculum.models import (
    Activity,
    Body,
    Edition,
    EditionItem,
    FacultyPage,
    GlossaryTerm,
    HomePage,
    LessonPage,
    ModulePage,
    Program,
    ProgramPage,
)
from lms.accounts.models import User
from tests.factories.numbers import next_number


def make_program(title: str = "", **fields) -> Program:
    number = next_number()
    values = {"title": title or f"Program {number}", "slug": f"program-{number}"}
    return Program.objects.create(**values | fields)


def make_edition(program: Program | None = None, *, by: User | None = None, **fields) -> Edition:
    """An edition without items: the next number of its program."""
    program = program or make_program()
    number = fields.pop("number", program.editions.count() + 1)
    values = {"hash": f"{number:064x}", "effective_from": date(2026, 1, 1), "published_by": by or _publisher()}
    return Edition.objects.create(program=program, number=number, **values | fields)


def _publisher() -> User:
    publisher = User.objects.filter(email="publisher@example.org").first()
    return publisher or User.objects.create_user("publisher@example.org", display_name="Publisher")


# Items, written straight to the tables -------------------------------------------------------------------------------


def make_item(
    edition: Edition,
    *,
    kind: ActivityKind = ActivityKind.LESSON,
    parent: EditionItem | None = None,
    activity: Activity | None = None,
    html: str = "",
    text: str = "",
    blocks: list[dict] | None = None,
    **fields,
) -> EditionItem:
    """One item at the end of an edition, with a body of its own. Ask for the outline only after the last one.

    `blocks` are those of a frozen lesson, which is then rendered as an edition's are.
    """
    number = next_number()
    title = fields.pop("title", f"{kind.label} {number}")
    activity = activity or Activity.objects.create(kind=kind, program=edition.program, title=title)
    source = {"schema": 1, "title": title, "objectives": [], "content_notice": "", "number": number}
    if blocks is not None:
        source["blocks"] = blocks
        html = render_lesson(source)
    body = Body.objects.create(
        sha256=digest({"kind": kind.value, "source": source}),
        kind=kind,
        source=source,
        html=html or f"<p>{title} says this.</p>",
        renderer_version=1,
        search_text=f"{title} {text}".strip(),
    )
    values = {"slug": f"{kind.value}-{number}", "minutes": 10, "topic": "ethics", "position": edition.items.count() + 1}
    return EditionItem.objects.create(
        edition=edition, activity=activity, parent=parent, title=title, body=body, **values | fields
    )


def make_module(edition: Edition, *, lessons: int = 1, **fields) -> EditionItem:
    """A module with its lessons, each of 10 minutes."""
    module = make_item(edition, kind=ActivityKind.MODULE, **{"minutes": 0} | fields)
    for _ in range(lessons):
        make_item(edition, parent=module)
    return module


# Pages of the CMS ----------------------------------------------------------------------------------------------------


def make_program_page(program: Program | None = None, **fields) -> ProgramPage:
    program = program or make_program()
    values = {"title": program.title, "slug": f"program-page-{next_number()}", "program": program}
    return HomePage.objects.get().add_child(instance=ProgramPage(**values | fields))


def make_teacher(name: str = "", **fields) -> FacultyPage:
    """The page of somebody who teaches: a licensed psychologist."""
    number = next_number()
    values = {
        "title": name or f"Teacher {number}",
        "slug": f"teacher-{number}",
        "profession": "Psychologist",
        "qualifications": [("licence", {"title": "Psychologist", "where": "Colorado", "year": 2010})],
    }
    return HomePage.objects.get().add_child(instance=FacultyPage(**values | fields))


def make_module_page(program_page: ProgramPage, **fields) -> ModulePage:
    number = next_number()
    values = {"title": f"Module {number}", "slug": f"module-{number}", "summary": "<p>What it is about.</p>"}
    return program_page.add_child(instance=ModulePage(**values | fields))


def make_lesson_page(module_page: ModulePage, *, text: str = "", blocks: list | None = None, **fields) -> LessonPage:
    """A live lesson. `blocks` are raw StreamField entries; else one block of text."""
    number = next_number()
    blocks = blocks if blocks is not None else [{"type": "text", "value": text or f"<p>Text of lesson {number}.</p>"}]
    values = {"title": f"Lesson {number}", "slug": f"lesson-{number}", "minutes": 10, "topic": "ethics"}
    return module_page.add_child(instance=LessonPage(**values | fields, body=json.dumps(blocks)))


def make_image(title: str = "A hand", *, colour: str = "teal") -> Image:
    buffer = io.BytesIO()
    PillowImage.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return Image.objects.create(title=title, file=ContentFile(buffer.getvalue(), name=f"{slugify(title)}.png"))


def make_term(term: str, *, definition: str = "What it means.", **fields) -> GlossaryTerm:
    return GlossaryTerm.objects.create(term=term, definition=definition, **fields)


def make_document(
    title: str = "Handout", *, content: bytes = b"%PDF-1.7 a handout", name: str = "handout.pdf"
) -> Document:
    return Document.objects.create(title=title, file=ContentFile(content, name=name))
