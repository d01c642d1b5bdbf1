"""What goes into an hour map: of an edition, or of the pages as they are published now."""

from dataclasses import dataclass

from courses.curriculum.credits import credited
from courses.curriculum.freezing import kind_of_page
from courses.curriculum.models import ActivityPage, Edition, Program, ProgramPage, Topic
from courses.curriculum.queries import edition_outline
from courses.learning.hours.table import Comparison, Entry, HourMap, Module, comparisons
from courses.learning.requirements.didactic_minutes import DidacticMinutes
from courses.standards.models import StandardVersion
from courses.standards.queries import definition_of

ITSELF = "The module itself"


def hours_of_edition(edition: Edition) -> HourMap:
    """Nothing but what was frozen: topics have the labels of that day."""
    outline = edition_outline(edition)
    modules = []
    for module in outline.modules:
        items = [(ITSELF, module), *((child.title, child) for child in outline.children(module))]
        entries = [Entry(title, item.kind, item.credits) for title, item in items if item.credits]
        modules.append(Module(module.title, module.is_core, tuple(entries)))
    return HourMap(tuple(modules), edition.topics)


def hours_of_draft(program_page: ProgramPage) -> HourMap:
    """As the next edition would have it: the live pages in their order, each as it is published. One query for each kind
    of page, however many there are."""
    pages = [page for page in _live_pages(program_page) if kind_of_page(page)]
    modules = [
        _module_of(page, [one for one in pages if one.depth == page.depth + 1 and one.path.startswith(page.path)])
        for page in pages
        if page.depth == program_page.depth + 1
    ]
    return HourMap(tuple(modules), dict(Topic.objects.values_list("key", "label")))


def _live_pages(program_page: ProgramPage) -> list[ActivityPage]:
    return list(program_page.get_descendants().live().order_by("path").specific())


def _module_of(page: ActivityPage, below: list[ActivityPage]) -> Module:
    items = [(ITSELF, page), *((one.title, one) for one in below)]
    entries = [Entry(title, kind_of_page(item).value, credited(item)) for title, item in items if credited(item)]
    return Module(page.title, getattr(page, "is_core", True), tuple(entries))


@dataclass(frozen=True)
class Asked:
    """One requirement of the standard's newest version, beside what is provided."""

    title: str
    sentence: str
    lines: tuple[Comparison, ...]


def newest_standard(program: Program) -> StandardVersion | None:
    return StandardVersion.objects.filter(standard__program=program).order_by("-number").first()


def asked_of(hour_map: HourMap, version: StandardVersion | None) -> list[Asked]:
    """The requirements that ask for hours of lessons; none when the standard has none, or nothing is published."""
    if version is None:
        return []
    wanted = [line for line in definition_of(version).requirements if line.kind == DidacticMinutes.name]
    return [Asked(line.config.title, line.sentence, tuple(comparisons(hour_map, line.config))) for line in wanted]
