from dataclasses import dataclass

import pytest

from courses.curriculum.models import Edition, EditionItem
from courses.enrolment.models import Enrolment
from tests.factories.curriculum import make_edition, make_module
from tests.factories.enrolment import make_enrolment


@dataclass
class World:
    """The trainee's enrolment in an edition of two modules: the first has two lessons, the second one."""

    enrolment: Enrolment
    edition: Edition
    modules: list[EditionItem]
    lessons: list[EditionItem]


@pytest.fixture
def world(cast) -> World:
    edition = make_edition()
    modules = [make_module(edition, lessons=2, title="Ethics"), make_module(edition, lessons=1, title="Safety")]
    lessons = list(edition.items.exclude(parent=None).select_related("activity"))
    return World(make_enrolment(cast.trainee, edition=edition), edition, modules, lessons)
