"""What the page of a lesson and the outline cost at their fullest: at most four questions to the database."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest

from courses.curriculum.models import Erratum
from courses.curriculum.queries import errata_in
from courses.enrolment.actions import delay_cohort
from courses.learning.actions import answer_check, sign_attestation
from courses.learning.models import Bookmark, Note, ReadingPosition
from courses.learning.notes.queries import notes_of_lesson
from courses.learning.queries import learners_enrolment
from lms.clock.models import Cause
from tests.factories.asking import FIRST, SECOND, SIGNED, THIRD, frozen_attestation, frozen_check
from tests.factories.curriculum import make_edition, make_item, make_module
from tests.factories.enrolment import make_cohort, make_enrolment
from tests.web import text_of

CHECKS = [FIRST, SECOND, THIRD]


def build(cast, rows: int) -> SimpleNamespace:
    """A lesson with so many notes, corrections and answers, a signature and a bookmark, in a cohort so often delayed."""
    edition = make_edition()
    blocks = [*(frozen_check(block) for block in CHECKS[:rows]), frozen_attestation()]
    module = make_module(edition, lessons=0, gates={"days": 1})
    lesson = make_item(edition, parent=module, blocks=blocks, gates={"days": 2})
    cohort = make_cohort(edition=edition, ends_on=date(2027, 1, 5))
    enrolment = make_enrolment(cast.trainee, cohort=cohort)
    for number in range(rows):
        says = make_item(make_edition(), blocks=blocks).body
        old = lesson.body
        Erratum.objects.create(item=lesson, old_body=old, new_body=says, reason="Wrong.", by=cast.director)
        Note.objects.create(enrolment=enrolment, activity=lesson.activity, text=f"Mine, {number}.")
        delay_cohort(enrolment.cohort, cause=Cause.COHORT_DELAY, since=date(2026, 1, 5), days=1, by=cast.director)
    for block in CHECKS[:rows]:
        answer_check(enrolment, lesson, block=UUID(block), chosen=["a"], by=cast.trainee)
    sign_attestation(enrolment, lesson, block=UUID(SIGNED), name=str(cast.trainee), by=cast.trainee)
    Bookmark.objects.create(enrolment=enrolment, activity=lesson.activity)
    return SimpleNamespace(enrolment=enrolment, lesson=lesson)


@pytest.mark.parametrize("rows", [1, 3])
def test_at_most_four_questions_however_much_she_and_others_have_put_to_a_lesson(cast, rows, django_assert_num_queries):
    full = build(cast, rows)
    client, outline = cast.client("trainee"), f"/learn/{full.enrolment.pk}/"
    lesson = f"{outline}{full.lesson.slug}/"
    for address in (lesson, outline):
        page = client.get(address)  # what no one else has asked for in this process is asked for here
        with django_assert_num_queries(3 if address == lesson else 4):
            again = client.get(address)
        assert (page.status_code, again.status_code) == (200, 200)
    ReadingPosition.objects.all().delete()
    with django_assert_num_queries(4):
        first = client.get(lesson)
    assert ReadingPosition.objects.filter(enrolment=full.enrolment, activity=full.lesson.activity).exists()
    words = text_of(first)
    assert [f"Mine, {number}." in words for number in range(3)] == [number < rows for number in range(3)]
    assert len(first.context["page"].errata) == rows


def test_notes_and_corrections_come_in_their_order_with_all_that_a_page_shows(cast, django_assert_num_queries):
    full = build(cast, 3)
    make_item(
        make_edition(), activity=full.lesson.activity, slug=full.lesson.slug
    )  # the same lesson in another edition
    enrolment = learners_enrolment(cast.trainee, full.enrolment.pk, slug=full.lesson.slug)
    with django_assert_num_queries(0):
        notes = [shown.note for shown in notes_of_lesson(enrolment)]
        says = [(note.text, note.quotation, note.is_highlight, note.changed) for note in notes]
        errata = [
            (erratum.pk, erratum.reason, erratum.is_safety, erratum.at) for erratum in errata_in(enrolment.errata)
        ]
    kept = Note.objects.filter(enrolment=enrolment)
    assert says == [(note.text, note.quotation, note.is_highlight, note.changed) for note in kept]
    newest_first = Erratum.objects.filter(item=full.lesson).order_by("-pk")
    assert errata == [(erratum.pk, erratum.reason, erratum.is_safety, erratum.at) for erratum in newest_first]
