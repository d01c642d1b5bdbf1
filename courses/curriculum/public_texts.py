"""What a visitor's search finds of the home, program and faculty pages. Of modules only the syllabus, which is public."""

from collections.abc import Iterator

from wagtail.models import Page

from courses.curriculum.models import FacultyPage, HomePage, ModulePage, ProgramPage
from lms.html import plain_text
from lms.web.publicsearch import PublicText


def texts() -> Iterator[PublicText]:
    for home in HomePage.objects.live().public():
        yield _text(home, "Home page", home.promise, home.introduction, *_words(home.faculty))
    syllabus = _syllabus()
    for program in ProgramPage.objects.live().public():
        own = (program.tagline, program.story, program.outcomes, program.who_for, program.facts)
        said = [f"{block.value['body']}: {block.value['statement']}" for block in program.accreditation]
        yield _text(program, "Program", *own, *syllabus.get(program.path, []), *said)
    for teacher in FacultyPage.objects.live().public():
        learned = [f"{line['kind']}: {line['text']}" for line in teacher.qualification_list]
        yield _text(teacher, "Faculty", teacher.profession, teacher.about, *learned)


def _text(page: Page, kind: str, *parts: str) -> PublicText:
    return PublicText(page.title, page.url or "", " ".join(filter(None, map(plain_text, parts))), kind)


def _words(faculty) -> list[str]:
    return [f"{block.value['name']}, {block.value['role']}. {block.value['about']}" for block in faculty]


def _syllabus() -> dict[str, list[str]]:
    """What each program's page lists of its modules, by the program page's place in the tree."""
    found: dict[str, list[str]] = {}
    for module in ModulePage.objects.live().public().order_by("path"):
        above = module.path[: -Page.steplen]
        found.setdefault(above, []).extend([f"{module.title}.", module.summary, module.objectives])
    return found
