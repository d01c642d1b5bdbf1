from dataclasses import dataclass

import pytest

from courses.curriculum.models import Body, Edition, EditionItem, Erratum
from courses.enrolment.models import Enrolment
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_enrolment
from tests.factories.notes import html_of


@dataclass
class Desk:
    """The trainee's enrolment and one lesson of two parts to write beside."""

    enrolment: Enrolment
    edition: Edition
    lesson: EditionItem

    def url(self, *parts) -> str:
        return "/".join(["/learn", str(self.enrolment.pk), *map(str, parts), ""])

    def correct(self, html: str, by) -> None:
        """The lesson says something else from now on."""
        sha = f"{Body.objects.count():064x}"
        new = Body.objects.create(sha256=sha, kind="lesson", source={}, html=html, renderer_version=1)
        Erratum.objects.create(item=self.lesson, old_body=self.lesson.body, new_body=new, reason="A slip.", by=by)


@pytest.fixture
def desk(cast) -> Desk:
    edition = make_edition()
    module = make_module(edition, lessons=0, title="Ethics")
    lesson = make_item(edition, parent=module, title="In the room", html=html_of())
    return Desk(make_enrolment(cast.trainee, edition=edition), edition, lesson)
