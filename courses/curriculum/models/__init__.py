from courses.curriculum.models.activity import Activity, Program
from courses.curriculum.models.edition import Asset, Body, Edition, EditionBuild, EditionItem, Erratum, RegulatorStep
from courses.curriculum.models.glossary import GlossaryTerm
from courses.curriculum.models.pages import (
    ActivityPage,
    FacultyPage,
    HomePage,
    LessonPage,
    ModulePage,
    ProgramPage,
    ReviewedPage,
)
from courses.curriculum.models.topic import Topic

__all__ = [
    "Activity",
    "ActivityPage",
    "Asset",
    "Body",
    "Edition",
    "EditionBuild",
    "EditionItem",
    "Erratum",
    "FacultyPage",
    "GlossaryTerm",
    "HomePage",
    "LessonPage",
    "ModulePage",
    "Program",
    "ProgramPage",
    "RegulatorStep",
    "ReviewedPage",
    "Topic",
]
