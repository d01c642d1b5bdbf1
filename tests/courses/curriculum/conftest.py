from dataclasses import dataclass

import pytest

from courses.curriculum.models import LessonPage, ModulePage, ProgramPage
from lms.audit.models import AuditEntry
from tests.factories.curriculum import make_lesson_page, make_module_page, make_program_page


@dataclass
class Pages:
    program: ProgramPage
    module: ModulePage
    lesson: LessonPage


@pytest.fixture
def pages(db) -> Pages:
    """One program with one module of one lesson, all published."""
    program = make_program_page()
    module = make_module_page(program, title="Ethics of touch", slug="ethics-of-touch")
    lesson = make_lesson_page(module, title="In the room", slug="in-the-room", text="<p>Stay near.</p>")
    return Pages(program, module, lesson)


@pytest.fixture
def audited(db):
    """The number of audit rows of an act."""
    return lambda action: AuditEntry.objects.filter(action=action).count()
