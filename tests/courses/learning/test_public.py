"""What strangers read of the next cohort and the standard."""

from datetime import timedelta

from django.utils import timezone

from courses.learning.public import facts
from tests.factories.curriculum import make_program_page
from tests.factories.enrolment import make_cohort
from tests.factories.standards import make_standard_version
from tests.web import text_of


def test_a_program_without_cohort_and_standard_says_nothing(db):
    assert facts(make_program_page().program) == []


def test_the_next_cohort_and_the_standard_stand_on_the_program_page(db, client):
    page = make_program_page()
    version = make_standard_version(page.program)
    starts_on = timezone.localdate() + timedelta(days=30)
    make_cohort(page.program, standard_version=version, name="Past", starts_on=timezone.localdate() - timedelta(days=9))
    make_cohort(page.program, standard_version=version, name="Spring", starts_on=starts_on)
    assert facts(page.program) == [
        {"label": "Next cohort", "value": f"Spring, from {starts_on.day} {starts_on:%b %Y}"},
        {"label": "Certification standard", "value": "Version 1", "url": f"/standards/{version.standard_id}/"},
    ]
    assert "Next cohortSpring" in text_of(client.get(page.url))
